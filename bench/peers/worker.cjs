// A JavaScript library that reads phone numbers, in a process of its own; worker.py says what
// it is asked and answers.
//
//     node worker.cjs NAME TEXTS        with NODE_PATH naming the folder of the packages
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");

const KINDS = [
  "FIXED_LINE",
  "MOBILE",
  "FIXED_LINE_OR_MOBILE",
  "TOLL_FREE",
  "PREMIUM_RATE",
  "SHARED_COST",
  "VOIP",
  "PERSONAL_NUMBER",
  "PAGER",
  "UAN",
  "VOICEMAIL",
];

function libphonenumberJs() {
  // "max" is the metadata that tells valid numbers and their types.
  const { parsePhoneNumberWithError } = require("libphonenumber-js/max");
  return (text) => {
    try {
      const number = parsePhoneNumberWithError(text, "MM");
      return [number.number, number.isValid(), number.country, number.getType()];
    } catch (error) {
      return [error.message, false];
    }
  };
}

function googleLibphonenumber() {
  const { PhoneNumberUtil, PhoneNumberFormat } = require("google-libphonenumber");
  const util = PhoneNumberUtil.getInstance();
  return (text) => {
    try {
      const number = util.parse(text, "MM");
      return [
        util.format(number, PhoneNumberFormat.E164),
        util.isValidNumber(number),
        util.getRegionCodeForNumber(number),
        KINDS[util.getNumberType(number)],
      ];
    } catch (error) {
      return [error.message, false];
    }
  };
}

function awesomePhonenumber() {
  const { parsePhoneNumber } = require("awesome-phonenumber");
  return (text) => {
    const number = parsePhoneNumber(text, { regionCode: "MM" });
    return number.number
      ? [number.number.e164, number.valid, number.regionCode, number.type]
      : [number.possibility ?? "", false];
  };
}

// It knows the mobiles of one region. What it calls normal begins with 09.
function myanmarPhonenumber(operator) {
  const library = require("myanmar-phonenumber");
  return (text) => {
    try {
      if (!library.isValidMMPhoneNumber(text)) return ["NOT_A_NUMBER", false];
      const number = library.normalizeInput(text);
      const e164 = number.startsWith("0") ? `+95${number.slice(1)}` : number;
      return [e164, true, "MM", "MOBILE", operator ? library.getTelecomName(text) : ""];
    } catch (error) {
      return [error.message, false];
    }
  };
}

const PEERS = {
  "libphonenumber-js": [libphonenumberJs, "libphonenumber-js"],
  "google-libphonenumber": [googleLibphonenumber, "google-libphonenumber"],
  "awesome-phonenumber": [awesomePhonenumber, "awesome-phonenumber"],
  "myanmar-phonenumber": [() => myanmarPhonenumber(false), "myanmar-phonenumber"],
  "myanmar-phonenumber, operator": [() => myanmarPhonenumber(true), "myanmar-phonenumber"],
};

function line([e164, valid, region, kind, operator]) {
  // "fixed-line" and "FIXED_LINE" are one; "unknown" is none.
  const name = (kind ?? "").toUpperCase().replaceAll("-", "_");
  const known = KINDS.includes(name) ? name : "";
  const first = String(e164).replace(/\s/g, " ");
  return [first, valid ? "1" : "0", region ?? "", known, operator ?? ""].join("\t") + "\n";
}

function versions(name) {
  const file = path.join(process.env.NODE_PATH, name, "package.json");
  const found = JSON.parse(fs.readFileSync(file, "utf8")).version;
  return { [`${name} (npm)`]: found, Node: process.versions.node };
}

function main([name, texts]) {
  const [prepare, packageName] = PEERS[name];
  const judge = prepare();
  const rows = fs.readFileSync(texts, "utf8").split("\n").slice(0, -1);
  readline.createInterface({ input: process.stdin }).on("line", (asked) => {
    let answer = {};
    if (asked === "run") {
      const start = process.hrtime.bigint();
      const answers = rows.map(judge);
      answer = { ns: Number(process.hrtime.bigint() - start), rows: answers.length };
    } else if (asked.startsWith("answers ")) {
      fs.writeFileSync(asked.slice(8), rows.map((text) => line(judge(text))).join(""));
    } else {
      answer = versions(packageName);
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  });
}

main(process.argv.slice(2));
