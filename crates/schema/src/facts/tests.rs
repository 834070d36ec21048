use super::*;

#[test]
fn every_file_parses() {
    for (table, folder) in [(&RESOURCES[..], "resource"), (&DATA, "data"), (&PROVIDERS, "provider")]
    {
        for entry in table {
            if let Err(error) = entry.parse() {
                panic!("{folder}: {error}");
            }
        }
    }
}

#[test]
fn every_type_is_there() {
    let aws = |kinds: &[Entry]| kinds.iter().filter(|it| it.kind.starts_with("aws_")).count();
    assert_eq!((aws(&RESOURCES), aws(&DATA)), (275, 104));
    for entry in RESOURCES.iter().chain(&DATA) {
        assert!(provider_of(entry.kind).is_some(), "{}", entry.kind);
    }
}

#[test]
fn phases() {
    assert_eq!(Catalogue::phase("aws_vpc"), Some(Phase::Network));
    assert_eq!(Catalogue::phase("aws_alb"), Some(Phase::Network));
    assert_eq!(Catalogue::phase("aws_vpc_unheard_of"), None);
    assert!(Phase::Network < Phase::Security);
}

#[test]
fn other_names_of_load_balancers_have_equal_facts() {
    for kind in Catalogue::resources().filter(|kind| canonical_kind(kind) != *kind) {
        let (Some(one), Some(other)) =
            (Catalogue::resource(kind), Catalogue::resource(canonical_kind(kind)))
        else {
            panic!("{kind} or what it stands for is missing");
        };
        assert_eq!(one.schema, other.schema, "{kind}");
    }
}
