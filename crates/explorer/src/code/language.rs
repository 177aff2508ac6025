//! The languages a program can be written in: what its file is called, and how it is run.

/// A language, and with `Curl` a shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// bash, curl and openssl.
    Curl,
    /// Rust with cardseal itself.
    Rust,
    /// Python 3.6 or later.
    Python,
    /// Node.js 10 or later.
    NodeJs,
    /// Java 11 or later.
    Java,
    /// Go 1.16 or later.
    Go,
    /// PHP 7 or later.
    Php,
    /// C# on .NET or Mono.
    CSharp,
    /// C++17 with libcurl and OpenSSL.
    Cpp,
}

impl Language {
    /// Every one of them.
    pub const ALL: &'static [Self] = &[
        Self::Curl,
        Self::Rust,
        Self::Python,
        Self::NodeJs,
        Self::Java,
        Self::Go,
        Self::Php,
        Self::CSharp,
        Self::Cpp,
    ];

    /// The name that the command line uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Rust => "rust",
            Self::Python => "python",
            Self::NodeJs => "nodejs",
            Self::Java => "java",
            Self::Go => "go",
            Self::Php => "php",
            Self::CSharp => "csharp",
            Self::Cpp => "cpp",
        }
    }

    /// What the program's file has to be called.
    pub fn file(self) -> &'static str {
        match self {
            Self::Curl => "call.sh",
            Self::Rust => "src/main.rs",
            Self::Python => "call.py",
            Self::NodeJs => "call.js",
            Self::Java => "Call.java",
            Self::Go => "call.go",
            Self::Php => "call.php",
            Self::CSharp => "Call.cs",
            Self::Cpp => "call.cpp",
        }
    }

    /// The shell command that builds the program, where needed, and runs it.
    pub fn command(self) -> &'static str {
        match self {
            Self::Curl => "bash call.sh",
            Self::Rust => "cargo run",
            Self::Python => "python3 call.py",
            Self::NodeJs => "node call.js",
            Self::Java => "java Call.java",
            Self::Go => "go run call.go",
            Self::Php => "php call.php",
            Self::CSharp => "mcs -r:System.Net.Http.dll Call.cs && mono Call.exe",
            Self::Cpp => "g++ -std=c++17 call.cpp -o call -lcurl -lcrypto && ./call",
        }
    }

    /// These lines as comments above the body, which stands within a class in some languages.
    pub(super) fn comment_above_body(self, lines: [&str; 3]) -> String {
        let (mark, indent) = match self {
            Self::Curl | Self::Python => ("#", ""),
            Self::Java | Self::CSharp => ("//", "    "),
            _ => ("//", ""),
        };
        lines
            .map(|line| format!("{mark} {line}\n{indent}"))
            .concat()
    }

    /// The program with its places still open.
    pub(super) fn template(self) -> &'static str {
        match self {
            Self::Curl => include_str!("../../templates/call.sh"),
            Self::Rust => include_str!("../../templates/main.rs"),
            Self::Python => include_str!("../../templates/call.py"),
            Self::NodeJs => include_str!("../../templates/call.js"),
            Self::Java => include_str!("../../templates/Call.java"),
            Self::Go => include_str!("../../templates/call.go"),
            Self::Php => include_str!("../../templates/call.php"),
            Self::CSharp => include_str!("../../templates/Call.cs"),
            Self::Cpp => include_str!("../../templates/call.cpp"),
        }
    }
}
