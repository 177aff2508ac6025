//! One instruction as objdump writes it in Intel's syntax.

/// An operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    /// A general register, by its 64-bit name, and whether it is written whole.
    General(&'static str, bool),
    /// A vector or mask register: `v3` for xmm3, ymm3 and zmm3; `k1`.
    Vector(String),
    /// Memory.
    Memory(Memory),
    /// A number or an address of code.
    Other,
}

/// The registers of an address, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) text: String,
    pub(crate) registers: Vec<&'static str>,
    /// Relative to the instruction itself: constants.
    pub(crate) is_constant: bool,
    /// On the stack, at a place that is known.
    pub(crate) is_slot: bool,
    /// 64 bits: a pointer or a length. Keys and texts are read by bytes, by 32 bits and by vectors.
    pub(crate) is_word: bool,
}

/// An instruction.
#[derive(Clone, Debug)]
pub(crate) struct Instruction {
    pub(crate) address: u64,
    pub(crate) name: String,
    pub(crate) operands: Vec<Operand>,
    /// Where a jump goes, if that stands in it.
    pub(crate) target: Option<u64>,
    /// The function that is called, by its name.
    pub(crate) callee: String,
    pub(crate) text: String,
}

const NAMES: [(&str, &[&str]); 16] = [
    ("rax", &["eax", "ax", "al", "ah"]),
    ("rbx", &["ebx", "bx", "bl", "bh"]),
    ("rcx", &["ecx", "cx", "cl", "ch"]),
    ("rdx", &["edx", "dx", "dl", "dh"]),
    ("rsi", &["esi", "si", "sil"]),
    ("rdi", &["edi", "di", "dil"]),
    ("rbp", &["ebp", "bp", "bpl"]),
    ("rsp", &["esp", "sp", "spl"]),
    ("r8", &["r8d", "r8w", "r8b"]),
    ("r9", &["r9d", "r9w", "r9b"]),
    ("r10", &["r10d", "r10w", "r10b"]),
    ("r11", &["r11d", "r11w", "r11b"]),
    ("r12", &["r12d", "r12w", "r12b"]),
    ("r13", &["r13d", "r13w", "r13b"]),
    ("r14", &["r14d", "r14w", "r14b"]),
    ("r15", &["r15d", "r15w", "r15b"]),
];

/// The 64-bit name of a general register, and whether writing it leaves nothing of what was in it: a write of 32 bits
/// clears the rest.
fn general(text: &str) -> Option<(&'static str, bool)> {
    NAMES.iter().find_map(|(whole, parts)| {
        if *whole == text {
            return Some((*whole, true));
        }
        let place = parts.iter().position(|part| *part == text)?;
        Some((*whole, place == 0))
    })
}

fn vector(text: &str) -> Option<String> {
    let bare = text.split('{').next().unwrap_or_default();
    let numbered = |prefix: &str| {
        let number = bare.strip_prefix(prefix)?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(number)
    };
    let number = ["xmm", "ymm", "zmm"]
        .iter()
        .find_map(|prefix| numbered(prefix));
    number
        .map(|number| format!("v{number}"))
        .or_else(|| numbered("k").map(|number| format!("k{number}")))
}

impl Instruction {
    /// Reads `  12ab:\tvmovdqu64 zmm0,ZMMWORD PTR [rdi]`.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (address, rest) = line.trim_start().split_once(":\t")?;
        let address = u64::from_str_radix(address, 16).ok()?;
        let callee = rest.split_once('<').map_or("", |(_, callee)| callee);
        let text = rest.split(['#', '<']).next().unwrap_or_default().trim();
        let mut words = text.splitn(2, ' ');
        let mut name = words.next()?.to_owned();
        let mut rest = words.next().unwrap_or_default().trim();
        while [
            "rep", "repz", "repnz", "lock", "notrack", "bnd", "data16", "cs", "{vex}",
        ]
        .contains(&name.as_str())
            && !rest.is_empty()
        {
            let mut words = rest.splitn(2, ' ');
            let next = words.next().unwrap_or_default();
            name = if name.starts_with("rep") {
                format!("rep {next}")
            } else {
                next.to_owned()
            };
            rest = words.next().unwrap_or_default().trim();
        }
        let target = name
            .starts_with('j')
            .then(|| u64::from_str_radix(rest, 16).ok())
            .flatten();
        let operands = split(rest).iter().map(|text| operand(text)).collect();
        Some(Self {
            address,
            name,
            operands,
            target,
            callee: callee.to_owned(),
            text: text.to_owned(),
        })
    }
}

/// Operands, apart at the commas outside of brackets.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().expect("one at least").push(c);
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn operand(text: &str) -> Operand {
    let text = text.trim();
    if let Some((_, inside)) = text.split_once('[') {
        let inside = inside.split(']').next().unwrap_or_default();
        let parts: Vec<&str> = inside.split(['+', '-', '*']).collect();
        let registers: Vec<_> = parts
            .iter()
            .filter_map(|part| Some(general(part)?.0))
            .collect();
        return Operand::Memory(Memory {
            is_word: text.starts_with("QWORD"),
            is_constant: parts.contains(&"rip"),
            is_slot: matches!(registers.as_slice(), ["rsp" | "rbp"]),
            registers,
            text: inside.to_owned(),
        });
    }
    match general(text) {
        Some((name, whole)) => Operand::General(name, whole),
        None => vector(text).map_or(Operand::Other, Operand::Vector),
    }
}
