//! `provision version`

use crate::run;

#[test]
fn version() {
    let found = run("version", "");
    let expected = format!("exit 0\nprovision {}\non ", env!("CARGO_PKG_VERSION"));
    assert!(found.starts_with(&expected), "{found}");
}

#[test]
fn version_as_json() {
    let found = run("version -json", "");
    let json = found.strip_prefix("exit 0\n").unwrap_or_default();
    let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
    assert_eq!(json["provision_version"], env!("CARGO_PKG_VERSION"));
    // Tools look for a release that they know.
    let language = json["terraform_version"].as_str().unwrap_or_default();
    assert!(language.starts_with("1."), "{language}");
    let platform = json["platform"].as_str().unwrap_or_default();
    assert!(platform.contains('_') && !platform.contains("x86_64"), "{platform}");
    assert_eq!(json["provider_selections"], serde_json::json!({}));
}
