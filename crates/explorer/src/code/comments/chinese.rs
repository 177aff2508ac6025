//! Every line of a comment in `templates/`, in Chinese.

/// A line of a comment in English, and in Chinese.
pub(super) const TWINS: &[(&str, &str)] = &[
    // What every program begins with.
    (
        "Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs bash, curl 7.55 or later, and openssl.",
        "调用腾讯云接口 {{action}}，以 TC3-HMAC-SHA256 签名。需要 bash、curl 7.55 或更高版本，以及 openssl。",
    ),
    (
        "Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs Python 3.6 or later and nothing else.",
        "调用腾讯云接口 {{action}}，以 TC3-HMAC-SHA256 签名。只需要 Python 3.6 或更高版本。",
    ),
    (
        "Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs Node.js 10 or later and nothing else.",
        "调用腾讯云接口 {{action}}，以 TC3-HMAC-SHA256 签名。只需要 Node.js 10 或更高版本。",
    ),
    (
        "Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs a JDK, 11 or later, and nothing else.",
        "调用腾讯云接口 {{action}}，以 TC3-HMAC-SHA256 签名。只需要 JDK 11 或更高版本。",
    ),
    (
        "Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs Go 1.16 or later and nothing else.",
        "调用腾讯云接口 {{action}}，以 TC3-HMAC-SHA256 签名。只需要 Go 1.16 或更高版本。",
    ),
    (
        "Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs PHP 7 or later with its openssl extension.",
        "调用腾讯云接口 {{action}}，以 TC3-HMAC-SHA256 签名。需要 PHP 7 或更高版本，并启用 openssl 扩展。",
    ),
    (
        "Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs .NET, or Mono, and nothing else.",
        "调用腾讯云接口 {{action}}，以 TC3-HMAC-SHA256 签名。只需要 .NET 或 Mono。",
    ),
    (
        "Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs libcurl and OpenSSL, 1.1 or later.",
        "调用腾讯云接口 {{action}}，以 TC3-HMAC-SHA256 签名。需要 libcurl，以及 OpenSSL 1.1 或更高版本。",
    ),
    (
        "Calls {{action}} of Tencent Cloud. cardseal signs it with TC3-HMAC-SHA256.",
        "调用腾讯云接口 {{action}}，由 cardseal 以 TC3-HMAC-SHA256 签名。",
    ),
    ("In Cargo.toml:", "在 Cargo.toml 中："),
    (
        "with .NET:  dotnet new console -o call && cp Call.cs call/Program.cs && dotnet run --project call",
        "用 .NET：  dotnet new console -o call && cp Call.cs call/Program.cs && dotnet run --project call",
    ),
    (
        "with Mono:  mcs -r:System.Net.Http.dll Call.cs && mono Call.exe",
        "用 Mono：  mcs -r:System.Net.Http.dll Call.cs && mono Call.exe",
    ),
    (
        "Temporary credentials come with a token: TENCENTCLOUD_TOKEN.",
        "临时凭证带有 token：另设 TENCENTCLOUD_TOKEN。",
    ),
    (
        "(TENCENTCLOUD_TOKEN too for temporary credentials)",
        "（临时凭证另设 TENCENTCLOUD_TOKEN）",
    ),
    // The host.
    (
        "as curl will send it: with the port, unless it is the scheme's own",
        "与 curl 实际发送的一致：带端口，除非是协议的默认端口",
    ),
    (
        "as urllib will send it: with the port, unless it is the scheme's own",
        "与 urllib 实际发送的一致：带端口，除非是协议的默认端口",
    ),
    (
        "as net/http will send it: with the port, unless it is the scheme's own",
        "与 net/http 实际发送的一致：带端口，除非是协议的默认端口",
    ),
    (
        "as it is sent: with the port, unless it is the scheme's own",
        "与实际发送的一致：带端口，除非是协议的默认端口",
    ),
    (
        "with the port, unless it is the scheme's own",
        "带端口，除非是协议的默认端口",
    ),
    (
        "As the client sends it: with the port, unless it is the scheme's own.",
        "与客户端实际发送的一致：带端口，除非是协议的默认端口。",
    ),
    // The body and the content type.
    (
        "The body is signed byte for byte: whoever formats it again after signing breaks the signature.",
        "请求体按原文逐字节签名：签名之后再重新排版，签名就会失效。",
    ),
    (
        "These bytes are signed and these bytes are sent. json.dumps of the same object again would break the signature.",
        "签名的是这些字节，发送的也是这些字节。把同一对象再次 json.dumps，签名就会失效。",
    ),
    (
        "These bytes are signed and these bytes are sent. json.Marshal of the same value again would break the signature.",
        "签名的是这些字节，发送的也是这些字节。把同一个值再次 json.Marshal，签名就会失效。",
    ),
    (
        "These bytes are signed and these bytes are sent. JSON.stringify of the same object again could break the signature.",
        "签名的是这些字节，发送的也是这些字节。把同一对象再次 JSON.stringify，签名可能失效。",
    ),
    (
        "These bytes are signed and these bytes are sent. Writing the same JSON anew could break the signature.",
        "签名的是这些字节，发送的也是这些字节。把同一 JSON 重新写一遍，签名可能失效。",
    ),
    (
        "The bytes that were signed. json_encode of the same value again would break the signature.",
        "即签名时的字节。把同一个值再次 json_encode，签名就会失效。",
    ),
    (
        "The bytes that were signed, by their number: a body is not a string that ends at a NUL.",
        "即签名时的字节，并给出字节数：请求体不是以 NUL 结尾的字符串。",
    ),
    (
        "The content type is signed as well. It must be sent exactly as it stands here.",
        "Content-Type 也参与签名，发送时必须与这里完全一致。",
    ),
    (
        "Signed as well, so it is sent exactly as it stands here.",
        "它也参与签名，因此发送时与这里完全一致。",
    ),
    (
        "Signed, so it is sent exactly as it stands here.",
        "它参与签名，因此发送时与这里完全一致。",
    ),
    (
        "Signed as well, so it is sent exactly as it stands here: no charset that is not in the signature.",
        "它也参与签名，因此发送时与这里完全一致：不能加上签名中没有的 charset。",
    ),
    (
        "Signed as well, so it is sent exactly as it stands here. StringContent would add a charset.",
        "它也参与签名，因此发送时与这里完全一致。StringContent 会加上 charset。",
    ),
    ("in bytes, not in characters", "按字节计，而不是字符"),
    ("Sent byte for byte.", "按原文逐字节发送。"),
    // The date.
    (
        "One reading of the clock for both. The date is that of UTC, not the local one: they differ for hours every day.",
        "两者取自同一次读到的时间。日期按 UTC，而不是本地日期：两者每天有数小时不同。",
    ),
    (
        "The date of the very same timestamp, in UTC: the local date differs from it for hours every day.",
        "日期取自同一个时间戳，按 UTC：本地日期每天有数小时与它不同。",
    ),
    (
        "The date of the very same timestamp, in UTC: the local date differs from it for hours every day. And in the",
        "日期取自同一个时间戳，按 UTC：本地日期每天有数小时与它不同。并使用固定区域性（invariant culture）：",
    ),
    (
        "invariant culture: others have calendars of their own.",
        "其他区域性可能使用各自的历法。",
    ),
    (
        "The date of the very same timestamp, in UTC: gmdate, not date. They differ for hours every day.",
        "日期取自同一个时间戳，按 UTC：用 gmdate，而不是 date。两者每天有数小时不同。",
    ),
    (
        "The date of the very same timestamp, in UTC: gmtime, not localtime. They differ for hours every day.",
        "日期取自同一个时间戳，按 UTC：用 gmtime，而不是 localtime。两者每天有数小时不同。",
    ),
    ("bytes are bytes", "按字节处理"),
    ("GNU; BSD and macOS", "前者用于 GNU，后者用于 BSD 与 macOS"),
    // What is signed.
    (
        "HMAC-SHA256 (RFC 2104) of a text under a key in hex; prints hex. `openssl dgst -hmac KEY` would do, and show the key",
        "HMAC-SHA256（RFC 2104）：密钥为十六进制，结果也以十六进制输出。`openssl dgst -hmac KEY` 也可以，",
    ),
    (
        "to everybody who runs `ps`: arguments of a program are public. Here keys only pass through builtins and pipes.",
        "但运行 `ps` 的人都会看到密钥：程序的参数是公开的。这里密钥只经过 shell 内置命令和管道。",
    ),
    (
        "The canonical request: method, path, query, headers (each ends in a line feed, so that a blank line follows), their",
        "规范请求：方法、路径、查询串、请求头（每个都以换行结束，因此其后有一个空行）、",
    ),
    (
        "names, the body's hash. No line feed at the end.",
        "请求头名称、请求体的哈希。末尾没有换行。",
    ),
    ("the query", "查询串"),
    (
        "the headers' last line feed, and then a blank line",
        "请求头最后的换行，然后是空行",
    ),
    ("a blank line ends the headers", "请求头以空行结束"),
    (
        "The value of the header Authorization.",
        "请求头 Authorization 的值。",
    ),
    (
        "Gives the value of the header Authorization.",
        "返回请求头 Authorization 的值。",
    ),
    (
        "authorization gives the value of the header Authorization.",
        "authorization 返回请求头 Authorization 的值。",
    ),
    (
        "The client's own parser takes no such value, and there is nothing to be parsed.",
        "客户端自带的解析器不接受这样的值，而且这里无需解析。",
    ),
    (
        "The client sets Host and Content-Length by itself.",
        "Host 与 Content-Length 由客户端自行设置。",
    ),
    (
        "Brackets around an IPv6 address belong to the URL, not to the address.",
        "IPv6 地址外的方括号属于 URL，不属于地址。",
    ),
    (
        "The service is named: it is not always the host's first label. Timestamp, UTC date, content type and signature",
        "服务名单独给出：它不一定是主机名的第一段。时间戳、UTC 日期、Content-Type 与签名",
    ),
    (
        "are the library's to make, anew for every attempt.",
        "由 cardseal 生成，每次重试都重新生成。",
    ),
    // The reply.
    (
        "A refusal comes with status 200, too: look for Response.Error in what is printed.",
        "被拒绝时状态码也是 200：请看输出中有没有 Response.Error。",
    ),
    (
        "A refusal is an error, with the service's code and advice.",
        "服务方拒绝时返回错误，带有错误码和处理建议。",
    ),
    (
        "a body is printed whatever the status is",
        "无论状态码是什么，都输出应答体",
    ),
];
