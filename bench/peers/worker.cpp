// libphonenumber of C++, in a process of its own; worker.py says what it is asked and answers.
//
//     worker TEXTS

#include <phonenumbers/phonenumberutil.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

struct Row {
  PhoneNumberUtil::ErrorType error;
  bool valid;
  PhoneNumberUtil::PhoneNumberType kind;
  std::string e164;
  std::string region;
};

const char* const kErrors[] = {
    "", "INVALID_COUNTRY", "NOT_A_NUMBER", "SHORT_AFTER_IDD", "SHORT_NSN", "TOO_LONG"};
const char* const kKinds[] = {
    "FIXED_LINE", "MOBILE",          "FIXED_LINE_OR_MOBILE", "TOLL_FREE",
    "PREMIUM_RATE", "SHARED_COST",   "VOIP",                 "PERSONAL_NUMBER",
    "PAGER",      "UAN",             "VOICEMAIL",            ""};

void Judge(const PhoneNumberUtil& util, const std::string& text, Row* row) {
  PhoneNumber number;
  row->error = util.Parse(text, "MM", &number);
  if (row->error != PhoneNumberUtil::NO_PARSING_ERROR) {
    row->valid = false;
    row->kind = PhoneNumberUtil::UNKNOWN;
    return;
  }
  util.Format(number, PhoneNumberUtil::E164, &row->e164);
  row->valid = util.IsValidNumber(number);
  util.GetRegionCodeForNumber(number, &row->region);
  row->kind = util.GetNumberType(number);
}

std::vector<Row> JudgeAll(const PhoneNumberUtil& util, const std::vector<std::string>& texts) {
  std::vector<Row> rows(texts.size());
  for (size_t at = 0; at < texts.size(); ++at) {
    Judge(util, texts[at], &rows[at]);
  }
  return rows;
}

void Write(const std::vector<Row>& rows, const std::string& path) {
  std::ofstream out(path);
  for (const Row& row : rows) {
    const bool parsed = row.error == PhoneNumberUtil::NO_PARSING_ERROR;
    // "ZZ" is what this library calls no region.
    out << (parsed ? row.e164 : kErrors[row.error]) << '\t' << row.valid << '\t'
        << (row.region == "ZZ" ? "" : row.region) << '\t' << kKinds[row.kind] << '\t' << '\n';
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "worker TEXTS\n";
    return 2;
  }
  std::vector<std::string> texts;
  std::ifstream file(arguments[1]);
  for (std::string line; std::getline(file, line);) {
    texts.push_back(line);
  }
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  for (std::string asked; std::getline(std::cin, asked);) {
    if (asked == "run") {
      const auto start = std::chrono::steady_clock::now();
      const std::vector<Row> rows = JudgeAll(util, texts);
      const auto took = std::chrono::steady_clock::now() - start;
      std::cout << "{\"ns\": "
                << std::chrono::duration_cast<std::chrono::nanoseconds>(took).count() << "}"
                << std::endl;
    } else if (asked.rfind("answers ", 0) == 0) {
      Write(JudgeAll(util, texts), asked.substr(8));
      std::cout << "{}" << std::endl;
    } else {
      std::cout << "{\"libphonenumber (C++)\": \"" << VERSION << "\"}" << std::endl;
    }
  }
  return 0;
}
