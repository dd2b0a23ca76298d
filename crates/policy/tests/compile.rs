//! Misuse that does not compile: what each file does wrong stands in its name.

#[test]
fn misuse_of_personal_data_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile/*.rs");
}
