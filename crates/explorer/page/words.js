// What the page says, in English and Chinese. A key is what `data-t` names.
const WORDS = {
  "intro": ["One call, step by step. Seal encrypts and signs it, Send sends it, Open reads the reply. Every text can be changed: change a byte and see which check refuses it. Personal data is blurred until you ask for it.", "一次调用，逐步呈现：“加密”将其加密并签名，“发送”将其发出，“解密”读出应答。每段文本都可以修改：改动一个字节，看哪一项检查不通过。个人信息默认模糊，需要时再显示。"],
  "choose": ["Choose a file", "选择文件"],
  "no-file": ["none chosen", "未选择"],
  "more": ["More parameters ({0})", "更多参数（{0}）"],
  "skip": ["Skip to the request", "跳到请求"],
  "tabs": ["Views", "视图"],
  "tab-call": ["Call", "调用"],
  "tab-code": ["Code", "代码"],
  "tab-usage": ["Usage", "用量"],
  "reveal": ["Show personal data", "显示个人信息"],
  "cloud": ["Cloud", "云厂商"],
  "action": ["Action", "接口"],
  "target": ["Goes to", "发往"],
  "target-embedded": ["embedded gateway", "内置网关"],
  "target-endpoint": ["real endpoint", "真实接入点"],
  "hint-embedded": ["A service side in this process, with test keys and credentials of its own. It recognises a specimen whatever the picture.", "本进程内的服务端，使用自己的测试密钥与凭证；无论何种图片，都返回样本。"],
  "hint-endpoint": ["Signed with this process's credentials. The call may be billed.", "使用本进程的凭证签名；该次调用可能计费。"],
  "hint-none": ["This process has no credentials for it: set {0} and {1} and start again.", "本进程没有相应凭证：请设置 {0} 与 {1} 后重新启动。"],
  "region": ["Region", "地域"],
  "region-unknown": ["{0} is not among the regions that are known here; it is used as it was typed.", "{0} 不在已知地域之列，将按所填内容使用。"],
  "region-none": ["This cloud has one gateway and no regions; {0} is not used.", "该云只有一个网关，不分地域；{0} 不会被使用。"],
  "key": ["Public key", "公钥"],
  "key-hint": ["The service's public key, in any form. With none chosen, the embedded gateway's test key is used.", "服务方提供的公钥，任意格式。未选择时使用内置网关的测试公钥。"],
  "key-hint-endpoint": ["The public key that the service hands out, in any form. Nothing can be sealed without it.", "服务方提供的公钥，任意格式；没有它无法加密。"],
  "suite": ["Test key", "测试密钥"],
  "policy": ["IV policy", "IV 策略"],
  "policy-by-suite": ["by suite", "由套件决定"],
  "policy-any": ["either IV (forgeable under AES-256-CBC)", "两者均可（AES-256-CBC 下可被伪造）"],
  "policy-same": ["the request's IV only", "仅请求的 IV"],
  "policy-fresh": ["a fresh IV only", "仅新的 IV"],
  "nonce": ["Accept the repeated nonce: several members under one SM4-GCM nonce give away the XOR of their values", "接受重复的 nonce：多个参数共用一个 SM4-GCM nonce 会泄露其异或值"],
  "own-key": ["sealed for the key that was chosen, which the embedded gateway has not: it cannot open this", "已用所选公钥加密，内置网关没有对应的私钥，无法解密"],
  "image": ["Image", "图片"],
  "image-hint": ["Choose a picture or drop it here. It takes the place of a URL.", "选择图片或拖放到此处；图片将代替 URL。"],
  "prepare": ["Prepare it: upright, without metadata, small enough", "先处理图片：转正、去除元数据、缩小到允许的大小"],
  "without": ["Remove the picture", "移除图片"],
  "preview": ["The chosen picture", "所选图片"],
  "parameters": ["Parameters", "参数"],
  "required": ["required", "必填"],
  "unset": ["(not set)", "（不设置）"],
  "steps": ["Steps", "步骤"],
  "seal": ["Seal", "加密"],
  "send": ["Send", "发送"],
  "open": ["Open", "解密"],
  "inner": ["Inner request", "明文请求"],
  "envelope": ["Envelope", "信封"],
  "canonical": ["Canonical request", "规范请求"],
  "string": ["String to sign", "待签名字符串"],
  "signed": ["Signed request", "签名后的请求"],
  "reply": ["Reply", "应答"],
  "opened": ["Opened result", "解密结果"],
  "about-inner": ["The request in clear, as the library seals it byte for byte.", "明文请求，按此原文逐字节加密。"],
  "about-envelope": ["The body that is sent: the ciphertext, the wrapped session key, the IV and the tag.", "发送的请求体：密文、被公钥加密的会话密钥、IV 与认证标签。"],
  "about-canonical": ["What the signature covers. Client and service each build this text by the same rules.", "签名覆盖的内容；客户端与服务端按同一规则拼接。"],
  "about-string": ["Time, scope, and the SHA-256 of the canonical request.", "时间、范围，以及规范请求的 SHA-256。"],
  "about-signed": ["What goes over the wire. {SecretId} and the like stand for what stays in the process.", "实际发送的内容。{SecretId} 等代表留在进程内的值。"],
  "about-reply": ["What came back, byte for byte.", "收到的应答原文。"],
  "about-opened": ["What only this request's opener can read.", "解密后的内容；只有持有本次请求会话密钥的一方才能读出。"],
  "about-opened-clear": ["What the reply says. It came in clear.", "应答的内容；应答为明文。"],
  "hint-at": [" It goes to {0}.", "发往 {0}。"],
  "form-note": ["The inner request was edited, so the form is not used. “Take it from the form” beside it goes back to the form.", "明文请求已被手工修改，因此不再使用表单；按其旁的“取自表单”可恢复使用。"],
  "from-form": ["Take it from the form", "取自表单"],
  "flip": ["Flip a byte", "翻转一个字节"],
  "undo": ["Undo the edits", "撤销修改"],
  "copy": ["Copy", "复制"],
  "copied": ["Copied.", "已复制。"],
  "not-copied": ["The browser did not allow copying; select the text instead.", "浏览器不允许复制；请手动选择文本。"],
  "edited": ["edited", "已修改"],
  "stale": ["made anew by the next step", "下一步会重新生成"],
  "edited-old": ["edited, of an earlier request", "已修改，属于之前的请求"],
  "old": ["of an earlier request", "属于之前的请求"],
  "characters": ["{0} characters", "{0} 个字符"],
  "flipped": ["Character {0} of {1} was {2} and is now {3}. Press {4} to see which check refuses it.", "{1}的第 {0} 个字符由 {2} 变为 {3}。请按“{4}”，看哪一项检查不通过。"],
  "unnoticed": [" No check refused what was edited: it is not protected, or it is sound as it stands.", " 所作的修改通过了所有检查：该部分不受保护，或修改后同样有效。"],
  "working": ["Working…", "处理中…"],
  "sealed": ["Sealed and signed. Nothing is sent yet.", "已加密并签名，尚未发送。"],
  "signed-only": ["Signed, in clear. Nothing is sent yet.", "已签名（明文），尚未发送。"],
  "sent": ["Reply with status {0} after {1} ms.", "收到应答，状态 {0}，用时 {1} 毫秒。"],
  "opened-said": ["Opened.", "已解密。"],
  "refused-by": ["Refused by {0}: {1}", "{0}：{1}"],
  "check-key": ["the library's check of the public key", "公钥被拒绝"],
  "check-request": ["the library's check of the request", "请求检查未通过"],
  "check-canonical": ["the library's signer", "请求无法签名"],
  "check-credentials": ["the check of the credentials", "凭证不可用"],
  "check-http": ["the check of the HTTP request", "HTTP 请求检查未通过"],
  "check-network": ["the network", "网络错误"],
  "check-signature": ["the service's check of the signature", "服务方验签未通过"],
  "check-service-envelope": ["the service's check of the envelope", "服务方信封检查未通过"],
  "check-service": ["the service", "服务方返回错误"],
  "check-reply-form": ["the library's check of the reply's form", "应答格式检查未通过"],
  "check-reply-envelope": ["the library's check of the reply against its request", "应答与请求一致性检查未通过"],
  "check-decryption": ["the library's decryption", "解密失败"],
  "check-ledger": ["the usage record", "用量记录出错"],
  "no-server": ["The explorer does not answer; start `cardseal explorer` again and open the URL it prints. What you typed is still here.", "explorer 无应答；请重新运行 `cardseal explorer` 并打开其输出的地址。已输入的内容仍在此页。"],
  "impostor": ["Another program answers in the explorer's place, so nothing was sent to it: close this tab, start `cardseal explorer` again and open the URL it prints.", "有其他程序代替 explorer 应答，因此未向其发送任何内容：请关闭此标签页，重新运行 `cardseal explorer` 并打开其输出的地址。"],
  "not-understood": ["The explorer answered with status {0}: {1}", "explorer 返回状态 {0}：{1}"],
  "too-large": ["The file has {0} MiB and may have {1}; choose a smaller picture.", "文件为 {0} MiB，最多 {1} MiB；请选择更小的图片。"],
  "unreadable": ["The file could not be read; choose it again.", "文件无法读取；请重新选择。"],
  "picture-as-is": ["{0}: {1} bytes, as it is.", "{0}：{1} 字节，未作处理。"],
  "picture-same": ["{0}: it needs nothing.", "{0}：无需处理。"],
  "picture-changed": ["{0}: {1}×{2}, {3} bytes, became {4}×{5}, {6} bytes, without metadata.", "{0}：由 {1}×{2}、{3} 字节处理为 {4}×{5}、{6} 字节，不含元数据。"],
  "finding": ["The service may refuse it: {0}", "服务可能拒绝：{0}"],
  "picture-in-answer": ["Picture in the answer: {0}", "应答中的图片：{0}"],
  "portrait": ["Portrait", "人像"],
  "field": ["Field", "字段"],
  "value": ["Value", "值"],
  "code-what": ["The same call as a complete program, with the body that stands on the page. Credentials come from the environment. A request in clear is blurred until “Show personal data” is on.", "同一调用的完整程序，请求体即本页内容；凭证取自环境变量。明文请求体默认模糊，按“显示个人信息”可见。"],
  "code-language": ["Language", "语言"],
  "code-run": ["Save it as {0} and run: {1}", "保存为 {0}，运行：{1}"],
  "code-test-key": ["This body is sealed for the embedded gateway's test key, which the service cannot open: choose the service's public key and seal again before you use the program.", "该请求体是用内置网关的测试公钥加密的，服务方无法解密：使用本程序前，请选择服务方公钥并重新加密。"],
  "code-not-sealed": ["Nothing is sealed yet, so this program would send the request in clear: press Seal first.", "尚未加密，该程序会以明文发送请求：请先按“加密”。"],
  "missing": ["Nothing was sealed: {0} is missing; fill it in under Parameters.", "尚未加密：缺少 {0}，请在“参数”中填写。"],
  "missing-picture": ["Nothing was sealed: {0} is missing; choose a picture, or fill it in under Parameters.", "尚未加密：缺少 {0}，请选择图片，或在“参数”中填写。"],
  "code-none": ["There are programs for Tencent Cloud only. For this cloud, the step Signed request shows what goes over the wire, and `cardseal call` or the library sends it.", "仅提供腾讯云接口的代码。该云厂商的请求可在“签名后的请求”中查看，并用 `cardseal call` 或库发送。"],
  "program": ["Program", "程序"],
  "usage-none": ["This explorer keeps no record of calls.", "本 explorer 未记录调用。"],
  "usage-empty": ["The record has no calls yet. Calls to the embedded gateway are not recorded.", "暂无调用记录；发往内置网关的调用不计入。"],
  "usage-days": ["Calls by day", "每日调用"],
  "usage-actions": ["Calls by action", "各接口调用"],
  "usage-codes": ["Failed calls by code", "失败调用的错误码"],
  "usage-packages": ["Resource packages", "资源包"],
  "day": ["Day", "日期"],
  "ok": ["ok", "成功"],
  "failed": ["failed", "失败"],
  "billed": ["billed", "计费"],
  "code": ["Code", "错误码"],
  "calls": ["Calls", "次数"],
  "left": ["Left", "剩余"],
  "footer": ["Nothing leaves this machine but what is sent to a real endpoint. Credentials stay in the process and never reach this page.", "除发往真实接入点的请求外，一切都留在本机；凭证留在进程内，不会进入本页面。"],
};

let tongue = "en";

// The words of a key; {0}, {1}… are replaced.
function say(key, ...values) {
  const pair = WORDS[key] || [key, key];
  return pair[tongue === "en" ? 0 : 1].replace(/\{(\d)\}/g, (all, at) => at in values ? String(values[at]) : all);
}

// Words that came in both languages.
function either(words) {
  return words ? words[tongue === "en" ? "en" : "zh"] : "";
}

// Shows words in an element, and again whenever the language changes.
const spoken = new Map();
function speak(element, words) {
  spoken.set(element, words);
  element.textContent = words();
}

function silence(element) {
  spoken.delete(element);
  element.textContent = "";
}

function changeLanguage(to) {
  tongue = to;
  document.documentElement.lang = to === "en" ? "en" : "zh-CN";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = say(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) element.setAttribute("aria-label", say(element.dataset.tLabel));
  for (const [element, words] of spoken) {
    if (element.isConnected) element.textContent = words();
    else spoken.delete(element);
  }
}
