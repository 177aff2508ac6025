//! The machine, as it describes itself, and the one core the run keeps to.

use std::fs::read_to_string;
use std::process::Command;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Instructions that matter here, by their names in `/proc/cpuinfo`.
const FLAGS: [&str; 15] = [
    "aes",
    "pclmulqdq",
    "sha_ni",
    "avx2",
    "bmi2",
    "adx",
    "gfni",
    "vaes",
    "vpclmulqdq",
    "avx512f",
    "avx512bw",
    "avx512vl",
    "avx512ifma",
    "avx512vbmi",
    "asimd",
];

/// Keeps this process, and every process it starts, to one core: the last it may run on. Says which.
pub fn pin() -> Result<usize, String> {
    let allowed = sched_getaffinity(None).map_err(|error| error.to_string())?;
    let core = (0..CpuSet::MAX_CPU)
        .rev()
        .find(|core| allowed.is_set(*core));
    let core = core.ok_or("no core to run on")?;
    let mut only = CpuSet::new();
    only.set(core);
    sched_setaffinity(None, &only).map_err(|error| error.to_string())?;
    Ok(core)
}

/// Lines of a list that says what ran where.
pub fn describe(core: usize) -> Vec<String> {
    let cpuinfo = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        cpuinfo.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
    };
    let flags = field("flags").or_else(|| field("Features"));
    let flags: Vec<&str> = flags.iter().flat_map(|text| text.split(' ')).collect();
    let present: Vec<&str> = FLAGS.into_iter().filter(|f| flags.contains(f)).collect();
    let release = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    vec![
        format!("CPU: {}", field("model name").unwrap_or("unknown".into())),
        format!("instructions: {}", present.join(" ")),
        format!(
            "kernel: Linux {} on {}; all on core {core}",
            release.trim(),
            std::env::consts::ARCH
        ),
        format!("compiler: {}", rustc()),
        format!("load average at the start: {}", load.join(", ")),
    ]
}

fn rustc() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or("unknown".into())
}
