//! The other programs that tests compare with and run in: installed once, before everything else.

use duct::cmd;

use crate::ci::step::Run;
use crate::shell::Done;
use crate::tools::{Missing, below, node, python, toolchains};

pub(super) fn peers(run: &Run<'_>) -> Done {
    let missing = Missing::default()
        .programs("default-jdk-headless", &["java", "javac"])
        .files("libbcprov-java", &["/usr/share/java/bcprov.jar"])
        .each(&["openssl", "gdb", "valgrind", "tinyproxy", "strace"])
        .programs("qemu-user", &["qemu-aarch64"])
        .programs("gcc-aarch64-linux-gnu", &["aarch64-linux-gnu-gcc"])
        .files("softhsm2", &["/usr/lib/softhsm/libsofthsm2.so"])
        .programs("libimage-exiftool-perl", &["exiftool"])
        .files(
            "nats-server",
            &["/usr/sbin/nats-server", "/usr/bin/nats-server"],
        )
        .programs("systemd", &["systemd-analyze"]);
    // Debian's Python comes without what makes a folder of packages.
    let ensurepip = run
        .shell
        .succeeds(cmd!("python3", "-c", "import ensurepip"));
    let missing = missing.unless(ensurepip, "python3-venv");
    languages(missing).install(run.shell)?;
    let packages = [
        "cryptography",
        "cryptography_vectors",
        "gmssl",
        "pycryptodomex",
        "Pillow",
        "tencentcloud-sdk-python-ocr",
        "tencentcloud-sdk-python-faceid",
        "huaweicloudsdkcore",
        "huaweicloudsdkocr",
        "huaweicloudsdkiam",
    ];
    python(run.shell, "venv", &packages)?;
    node(
        run.shell,
        "node",
        &["tencentcloud-sdk-nodejs-ocr", "newman"],
    )?;
    toolchains(run.shell)
}

/// What the generated programs are built and run with.
fn languages(missing: Missing) -> Missing {
    let curl = below("/usr/include", "curl/curl.h")
        || std::path::Path::new("/usr/include/curl/curl.h").exists();
    missing
        .each(&["curl", "python3", "npm", "g++"])
        .programs("nodejs", &["node"])
        .programs("golang-go", &["go"])
        .programs("php-cli", &["php"])
        .programs("mono-runtime", &["mono"])
        .programs("mono-mcs", &["mcs"])
        .files(
            "libmono-system-net-http4.0-cil",
            &["/usr/lib/mono/4.5/System.Net.Http.dll"],
        )
        .files("libssl-dev", &["/usr/include/openssl/hmac.h"])
        .unless(curl, "libcurl4-openssl-dev")
}
