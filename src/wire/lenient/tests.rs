//! Each kind of value as each kind of member.

use super::*;

#[derive(Debug, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
struct All {
    #[serde(deserialize_with = "text")]
    text: String,
    #[serde(deserialize_with = "some_integer")]
    integer: Option<i64>,
    #[serde(deserialize_with = "some_number")]
    number: Option<f64>,
    #[serde(deserialize_with = "flag")]
    flag: Option<bool>,
    #[serde(deserialize_with = "object")]
    object: Option<Box<All>>,
    #[serde(deserialize_with = "objects")]
    objects: Vec<All>,
    #[serde(deserialize_with = "integers")]
    integers: Vec<i64>,
    #[serde(deserialize_with = "corners")]
    corners: Option<Vec<Vec<i64>>>,
    #[serde(deserialize_with = "named_integers")]
    named: Option<BTreeMap<String, Option<i64>>>,
}

fn read(text: &str) -> All {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Every member as every kind of JSON: what it can be read as is read, and never is the whole lost.
#[test]
fn every_value_is_read_or_left_out() {
    for (value, text, integer, number, flag) in [
        ("null", "", None, None, None),
        ("\"\"", "", None, None, None),
        ("\"87\"", "87", Some(87), Some(87.0), None),
        ("\" 87.6 \"", " 87.6 ", Some(88), Some(87.6), None),
        ("87", "87", Some(87), Some(87.0), None),
        ("87.0", "87", Some(87), Some(87.0), None),
        ("-87.5", "-87.5", Some(-88), Some(-87.5), None),
        // Whoever reads a card takes such digits from the text.
        ("1e300", "", None, Some(1e300), None),
        (
            "18446744073709551615",
            "18446744073709551615",
            None,
            Some(u64::MAX as f64),
            None,
        ),
        (
            "11010119900307002",
            "11010119900307002",
            Some(11_010_119_900_307_002),
            None,
            None,
        ),
        ("\"inf\"", "inf", None, None, None),
        ("\"x\"", "x", None, None, None),
        ("true", "", None, None, Some(true)),
        ("\"False\"", "False", None, None, Some(false)),
        ("0", "0", Some(0), Some(0.0), Some(false)),
        ("1", "1", Some(1), Some(1.0), Some(true)),
        ("{}", "", None, None, None),
        ("{\"a\":[1]}", "", None, None, None),
        ("[]", "", None, None, None),
        ("[{\"a\":1},2]", "", None, None, None),
    ] {
        let all = [
            "text", "integer", "number", "flag", "object", "objects", "integers", "corners",
            "named",
        ];
        let members = all.map(|name| format!("\"{name}\":{value}")).join(",");
        let read = read(&format!("{{{members},\"unknown\":{value}}}"));
        assert_eq!(
            (read.text.as_str(), read.integer),
            (text, integer),
            "{value}"
        );
        assert_eq!(read.flag, flag, "{value}");
        // The number of a card is no fraction.
        assert!(read.number == number || number.is_none(), "{value}");
        assert_eq!(read.object.is_some(), value.starts_with('{'), "{value}");
        assert_eq!(read.corners.is_some(), value.starts_with('['), "{value}");
    }
}

#[test]
fn what_can_be_read_of_a_list_is_read() {
    let read = read(
        r#"{"objects":[{"text":"a"},1,null,[],"x",{"text":2}],"integers":[-9102,"-9103",null,1.0,{},[1]],
            "corners":[[1,"2"],[3.4,null],"x"],"named":{"a":1,"b":"2","c":null,"d":[]}}"#,
    );
    let texts: Vec<&str> = read.objects.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(texts, ["a", "2"]);
    assert_eq!(read.integers, [-9102, -9103, 1]);
    assert_eq!(read.corners.unwrap(), [vec![1, 2], vec![3], vec![]]);
    let named: Vec<_> = read.named.unwrap().into_values().collect();
    assert_eq!(named, [Some(1), Some(2), None, None]);
}
