//! What an action takes: one parameter as data.

/// The same words in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// One member of a request's JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// As the service spells it.
    pub name: &'static str,
    /// What its value may be.
    pub form: Form,
    /// Whether it must be there.
    pub need: Need,
    /// What it is for.
    pub what: Words,
    /// What its value must keep to; `None` if nothing is known.
    pub limits: Option<Words>,
    /// A value, as JSON.
    pub example: &'static str,
}

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A text.
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A text that holds a JSON object. Its members are switches of these names; an empty list says that they are
    /// not known.
    JsonText(&'static [&'static str]),
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Switch,
    /// A list of texts.
    Texts,
    /// An object; an empty list says that its members are not known.
    Object(&'static [Parameter]),
    /// Not known.
    Unknown,
}

impl Form {
    /// What a value of this form is called.
    pub fn words(self) -> Words {
        match self {
            Self::Text | Self::Choice(_) => words("字符串", "a string"),
            Self::JsonText(_) => words(
                "内容为 JSON 对象的字符串",
                "a string that holds a JSON object",
            ),
            Self::Integer => words("整数", "a whole number"),
            Self::Switch => words("布尔值", "true or false"),
            Self::Texts => words("字符串数组", "a list of strings"),
            Self::Object(_) => words("对象", "an object"),
            Self::Unknown => words("未知", "of a type that is not known here"),
        }
    }
}

/// Whether a parameter must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Need {
    /// It must.
    Required,
    /// It need not.
    Optional,
    /// What this table is made from does not say.
    Unknown,
}

pub(super) const fn words(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

/// A parameter of which no more is known than its name, its form and what it is for.
pub(super) const fn member(
    name: &'static str,
    form: Form,
    what: Words,
    example: &'static str,
) -> Parameter {
    Parameter {
        name,
        form,
        need: Need::Unknown,
        what,
        limits: None,
        example,
    }
}

impl Parameter {
    pub(super) const fn required(self) -> Self {
        Self {
            need: Need::Required,
            ..self
        }
    }

    pub(super) const fn optional(self) -> Self {
        Self {
            need: Need::Optional,
            ..self
        }
    }

    pub(super) const fn within(self, zh: &'static str, en: &'static str) -> Self {
        Self {
            limits: Some(words(zh, en)),
            ..self
        }
    }

    pub(super) const fn exemplified(self, example: &'static str) -> Self {
        Self { example, ..self }
    }
}

/// A switch that is off where it is absent.
pub(super) const fn switch(name: &'static str, zh: &'static str, en: &'static str) -> Parameter {
    member(name, Form::Switch, words(zh, en), "true").optional()
}
