//! Where secrets go in one function: what comes from memory or out of a vector register is secret, counters and lengths,
//! which come in registers, are not. No jump may be taken by a secret, and none may be in an address.

use std::collections::{BTreeMap, BTreeSet};

use crate::instruction::{Instruction, Operand};

/// What is secret at one point of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Known {
    registers: BTreeSet<&'static str>,
    /// Those that are not: where nothing is known of one, what is in it counts as secret.
    public_vectors: BTreeSet<String>,
    slots: BTreeSet<String>,
    flags: bool,
}

impl Known {
    fn join(&mut self, other: &Self) -> bool {
        let size = |known: &Self| {
            let vectors = known.public_vectors.len();
            (
                known.registers.len(),
                vectors,
                known.slots.len(),
                known.flags,
            )
        };
        let before = size(self);
        self.registers.extend(&other.registers);
        self.public_vectors
            .retain(|name| other.public_vectors.contains(name));
        self.slots.extend(other.slots.iter().cloned());
        self.flags |= other.flags;
        before != size(self)
    }

    fn is_secret(&self, operand: &Operand) -> bool {
        match operand {
            Operand::General(name, _) => self.registers.contains(name),
            Operand::Vector(name) => !self.public_vectors.contains(name),
            Operand::Memory(memory) if memory.is_constant => false,
            Operand::Memory(memory) if memory.is_slot => self.slots.contains(&memory.text),
            Operand::Memory(memory) => !memory.is_word,
            Operand::Other => false,
        }
    }

    fn set(&mut self, operand: &Operand, secret: bool) {
        match operand {
            Operand::General(name, whole) => {
                if secret {
                    self.registers.insert(name);
                } else if *whole {
                    self.registers.remove(name);
                }
            }
            Operand::Vector(name) => {
                if secret {
                    self.public_vectors.remove(name);
                } else {
                    self.public_vectors.insert(name.clone());
                }
            }
            Operand::Memory(memory) if memory.is_slot => {
                if secret {
                    self.slots.insert(memory.text.clone());
                } else {
                    self.slots.remove(&memory.text);
                }
            }
            _ => {}
        }
    }
}

/// What a function does that depends on a secret, each with its instruction.
pub(crate) fn leaks(function: &[Instruction]) -> Vec<String> {
    let places: BTreeMap<u64, usize> = function
        .iter()
        .enumerate()
        .map(|(place, one)| (one.address, place))
        .collect();
    let mut known: Vec<Option<Known>> = vec![None; function.len()];
    let mut work = vec![(0, Known::default())];
    while let Some((place, arriving)) = work.pop() {
        let (Some(instruction), Some(here)) = (function.get(place), known.get_mut(place)) else {
            continue;
        };
        let changed = match here {
            Some(before) => before.join(&arriving),
            None => {
                *here = Some(arriving);
                true
            }
        };
        if !changed {
            continue;
        }
        let mut after = here.clone().expect("just set");
        step(instruction, &mut after);
        let is_jump = instruction.name.starts_with('j');
        let falls = !matches!(instruction.name.as_str(), "jmp" | "ret" | "ud2" | "hlt");
        if let Some(target) = instruction.target.and_then(|target| places.get(&target))
            && is_jump
        {
            work.push((*target, after.clone()));
        }
        if falls {
            work.push((place + 1, after));
        }
    }
    let mut found = Vec::new();
    for (instruction, known) in function.iter().zip(&known) {
        if let Some(known) = known
            && let Some(why) = leak(instruction, known)
        {
            found.push(format!("{why}: {}", instruction.text));
        }
    }
    found
}

/// What follows from one instruction.
fn step(instruction: &Instruction, known: &mut Known) {
    let name = instruction.name.as_str();
    let operands = instruction.operands.as_slice();
    match (name, operands) {
        ("call", _) => {
            // What a function gives back may be made of secrets.
            for register in ["rcx", "rsi", "rdi", "r8", "r9", "r10", "r11"] {
                known.registers.remove(register);
            }
            // An iterator of the standard library gives back a pointer.
            if instruction.callee.contains("core::slice::iter") {
                known.registers.remove("rax");
                known.registers.remove("rdx");
            } else {
                known.registers.extend(["rax", "rdx"]);
            }
            known.public_vectors.clear();
            known.flags = false;
        }
        ("cmp" | "test" | "bt" | "ptest" | "vptest" | "vtestps" | "vtestpd", _) => {
            known.flags = operands.iter().any(|operand| known.is_secret(operand));
        }
        // A register by itself is zero, or nothing.
        ("xor" | "sub", [one, other]) if one == other => {
            known.set(one, false);
            known.flags = false;
        }
        ("lea", [to, Operand::Memory(memory)]) => {
            let secret = memory
                .registers
                .iter()
                .any(|name| known.registers.contains(name));
            known.set(to, secret);
        }
        ("pop", [to]) => known.set(to, false),
        ("push" | "nop" | "ret" | "endbr64" | "vzeroupper" | "ud2", _) => {}
        (_, [to, from @ ..])
            if name.starts_with("mov") || name.starts_with("vmov") || name.starts_with("kmov") =>
        {
            let secret = from.iter().any(|operand| known.is_secret(operand));
            known.set(to, secret);
        }
        (_, [to]) if name.starts_with("set") => known.set(to, known.flags),
        (_, [to, from]) if name.starts_with("cmov") => {
            let secret = known.flags || known.is_secret(to) || known.is_secret(from);
            known.set(to, secret);
        }
        ("mul" | "imul" | "div" | "idiv", [from]) => {
            let secret = known.is_secret(from) || known.registers.contains("rax");
            for register in ["rax", "rdx"] {
                known.set(&Operand::General(register, true), secret);
            }
            known.flags = secret;
        }
        (_, [Operand::Vector(_), ..])
            if name.starts_with("kortest") || name.starts_with("ktest") =>
        {
            known.flags = operands.iter().any(|operand| known.is_secret(operand));
        }
        // All zeros or all ones, whatever was in it.
        (_, [to @ Operand::Vector(_), one, other, ..])
            if one == other && makes_a_constant(name) =>
        {
            known.set(to, false);
        }
        (_, [to @ Operand::Vector(_), from @ ..]) => {
            let overwrites = name.starts_with('v') && !adds_to_its_place(name);
            let secret = from.iter().any(|operand| known.is_secret(operand))
                || (!overwrites && known.is_secret(to));
            known.set(to, secret);
        }
        (_, [to, ..]) if !name.starts_with('j') => {
            let carries = matches!(name, "adc" | "sbb" | "adcx" | "adox" | "rcl" | "rcr");
            // Out of a vector, into a register that is overwritten.
            let is_taken_out =
                name.starts_with('v') || name.starts_with("pextr") || name.contains("movmsk");
            let from = if is_taken_out {
                operands.get(1..).unwrap_or_default()
            } else {
                operands
            };
            let secret =
                from.iter().any(|operand| known.is_secret(operand)) || (carries && known.flags);
            known.set(to, secret);
            if name == "mulx"
                && let Some(second) = operands.get(1)
            {
                known.set(second, secret || known.registers.contains("rdx"));
            }
            if !is_taken_out {
                known.flags = secret;
            }
        }
        _ => {}
    }
}

fn makes_a_constant(name: &str) -> bool {
    let is_one = |start: &&str| name.starts_with(start);
    ["vpxor", "vxorp", "vpcmpeq", "vpsub"].iter().any(is_one)
}

/// Of three operands or more the first is read, too.
fn adds_to_its_place(name: &str) -> bool {
    let is_one = |start: &&str| name.starts_with(start);
    [
        "vpternlog",
        "vfm",
        "vfnm",
        "vpermt2",
        "vpermi2",
        "vpdp",
        "vpshldv",
        "vpshrdv",
    ]
    .iter()
    .any(is_one)
}

/// Why the instruction gives something away.
fn leak(instruction: &Instruction, known: &Known) -> Option<&'static str> {
    let name = instruction.name.as_str();
    if ["vpgather", "vgather", "vpscatter", "vscatter"]
        .iter()
        .any(|start| name.starts_with(start))
    {
        return Some("an address out of a vector");
    }
    if name.starts_with('j') && name != "jmp" && known.flags {
        return Some("a jump by a secret");
    }
    if matches!(name, "jmp" | "call")
        && instruction
            .operands
            .iter()
            .any(|operand| known.is_secret(operand))
    {
        return match instruction.operands.first() {
            // Through a table of the linker's, or the caller's own.
            Some(Operand::Memory(memory))
                if memory
                    .registers
                    .iter()
                    .all(|name| !known.registers.contains(name)) =>
            {
                None
            }
            _ => Some("a secret place to go to"),
        };
    }
    if matches!(name, "div" | "idiv")
        && instruction
            .operands
            .iter()
            .any(|operand| known.is_secret(operand))
    {
        return Some("a division, which takes its time by its numbers");
    }
    if matches!(name, "lea" | "nop") {
        return None;
    }
    let is_secret_address = instruction.operands.iter().any(|operand| match operand {
        Operand::Memory(memory) => memory
            .registers
            .iter()
            .any(|name| known.registers.contains(name)),
        _ => false,
    });
    is_secret_address.then_some("a secret address")
}
