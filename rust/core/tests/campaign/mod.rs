//! How many cases a property is tried on.
use proptest::test_runner::Config;

/// `cases` in a test; in a campaign, what `PROPTEST_CASES` says.
pub(crate) fn cases(cases: u32) -> Config {
    let campaign = std::env::var_os("PROPTEST_CASES").is_some();
    let config = Config::default();
    if campaign { config } else { Config { cases, ..config } }
}
