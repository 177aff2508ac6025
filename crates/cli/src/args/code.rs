//! The arguments of `code` and `postman`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Write a program that makes a call, in any of nine languages.
///
/// The program is complete: it signs with TC3-HMAC-SHA256 by the language's own library (C++: libcurl and OpenSSL; Rust:
/// cardseal), reads TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and TENCENTCLOUD_TOKEN from the environment, and
/// prints the reply's body. It holds the body as it was given, and nothing secret. For Tencent only. With --json:
/// {language, file, command, program}.
#[derive(Args)]
pub(crate) struct Code {
    /// The language.
    #[arg(long, value_name = "LANGUAGE")]
    pub language: LanguageName,

    /// The action's name, as in IDCardOCR.
    #[arg(long, value_name = "A")]
    pub action: String,

    /// The action's version, as in 2018-11-19.
    #[arg(long, value_name = "V")]
    pub version: String,

    /// The service the action belongs to, as in faceid. Default: the action's service in the catalogue, otherwise ocr.
    #[arg(long, value_name = "S")]
    pub service: Option<String>,

    /// The file with the request, one JSON object. Default: an example for the action.
    #[arg(long, value_name = "FILE")]
    pub body: Option<PathBuf>,

    /// Another endpoint: an https origin, or http for loopback.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
}

/// Write a Postman collection of Tencent's actions, with a script that signs them.
///
/// The collection is of format 2.1. Its variables secretId, secretKey and token are empty: put the credentials into
/// their current values, which stay on your machine. With --json: {file, requests}.
#[derive(Args)]
pub(crate) struct Postman {
    /// The file to write; an existing file is replaced. `-` is stdout.
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
}

/// A language that a program can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageName {
    /// bash, curl and openssl.
    Curl,
    /// Rust with cardseal.
    Rust,
    /// Python 3.
    Python,
    /// Node.js.
    #[value(name = "nodejs")]
    NodeJs,
    /// Java 11 or later.
    Java,
    /// Go.
    Go,
    /// PHP.
    Php,
    /// C# on .NET or Mono.
    #[value(name = "csharp")]
    CSharp,
    /// C++17 with libcurl and OpenSSL.
    Cpp,
}

impl From<LanguageName> for cardseal_explorer::Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::Curl => Self::Curl,
            LanguageName::Rust => Self::Rust,
            LanguageName::Python => Self::Python,
            LanguageName::NodeJs => Self::NodeJs,
            LanguageName::Java => Self::Java,
            LanguageName::Go => Self::Go,
            LanguageName::Php => Self::Php,
            LanguageName::CSharp => Self::CSharp,
            LanguageName::Cpp => Self::Cpp,
        }
    }
}
