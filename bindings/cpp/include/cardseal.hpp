// cardseal for C++17 and later: one header over cardseal.h. Handles are owned, errors are exceptions.
#ifndef CARDSEAL_HPP
#define CARDSEAL_HPP

#include <cardseal.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#if defined(__has_include) && __cplusplus >= 202002L
#if __has_include(<span>)
#include <span>
#endif
#endif

namespace cardseal {

#ifdef __cpp_lib_span
using BytesView = std::span<const std::uint8_t>;
#else
// What std::span is from C++20 on, as far as it is needed here.
class BytesView {
public:
    constexpr BytesView() noexcept = default;
    constexpr BytesView(const std::uint8_t *data, std::size_t size) noexcept : data_(data), size_(size) {}
    BytesView(const std::vector<std::uint8_t> &bytes) noexcept : data_(bytes.data()), size_(bytes.size()) {}
    constexpr const std::uint8_t *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }

private:
    const std::uint8_t *data_ = nullptr;
    std::size_t size_ = 0;
};
#endif

// The bytes of a text.
inline BytesView bytes(std::string_view text) noexcept {
    return BytesView(reinterpret_cast<const std::uint8_t *>(text.data()), text.size());
}

// What went wrong: what() says what happened and what to do.
class Error : public std::runtime_error {
public:
    // Why the last call of this thread failed.
    explicit Error(int exit_code)
        : std::runtime_error(text(cardseal_last_error()).value_or("it failed")), exit_code_(exit_code),
          kind_(text(cardseal_last_error_kind()).value_or("bug")), code_(text(cardseal_last_error_code())),
          request_id_(text(cardseal_last_error_request_id())), opened_(taken()) {}

    // That of the command line.
    int exit_code() const noexcept { return exit_code_; }
    // "input", "key", "credential", "signing", "transport", "throttled", "service", "protocol", "open", "provider", "bug".
    const std::string &kind() const noexcept { return kind_; }
    // The service's own code, such as FailedOperation.ImageBlur.
    const std::optional<std::string> &code() const noexcept { return code_; }
    // The service's id of the request.
    const std::optional<std::string> &request_id() const noexcept { return request_id_; }
    // What a billed answer opened to that cannot be read. It is personal data, and wiped with the last copy of the error.
    std::optional<BytesView> opened_text() const noexcept {
        return opened_ ? std::optional<BytesView>(BytesView(opened_->data, opened_->len)) : std::nullopt;
    }

private:
    static std::optional<std::string> text(const char *text) {
        return text ? std::optional<std::string>(text) : std::nullopt;
    }

    static std::shared_ptr<cardseal_bytes> taken() {
        const auto free = [](cardseal_bytes *bytes) {
            cardseal_bytes_free(bytes);
            delete bytes;
        };
        std::shared_ptr<cardseal_bytes> bytes(new cardseal_bytes{}, free);
        cardseal_last_error_opened_text(bytes.get());
        return bytes->data ? bytes : nullptr;
    }

    int exit_code_;
    std::string kind_;
    std::optional<std::string> code_, request_id_;
    std::shared_ptr<cardseal_bytes> opened_;
};

namespace detail {

inline void check(int code) {
    if (code != 0) throw Error(code);
}

// An empty view may point nowhere, which the C functions refuse.
inline const std::uint8_t *data(BytesView bytes) noexcept {
    static const std::uint8_t nothing = 0;
    return bytes.data() ? bytes.data() : &nothing;
}

// A text as C takes it, where a zero would end it early.
inline const char *c_text(const std::string &text) {
    if (text.find('\0') != std::string::npos) throw std::invalid_argument("a text holds a zero byte; leave it out");
    return text.c_str();
}

inline const char *c_text(const std::optional<std::string> &text) { return text ? c_text(*text) : nullptr; }

inline void append(std::string &json, std::string_view text) {
    static const char digits[] = "0123456789abcdef";
    json += '"';
    for (char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\') {
            json += "\\u00";
            json += digits[static_cast<unsigned char>(c) >> 4];
            json += digits[c & 15];
        } else {
            json += c;
        }
    }
    json += '"';
}

// Base64 of personal data, without a copy on the way.
inline void append_base64(std::string &json, BytesView bytes) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::uint8_t *from = bytes.data();
    json += '"';
    for (std::size_t left = bytes.size(); left > 0; from += 3) {
        const std::size_t now = left < 3 ? left : 3;
        std::uint32_t bits = static_cast<std::uint32_t>(from[0]) << 16;
        if (now > 1) bits |= static_cast<std::uint32_t>(from[1]) << 8;
        if (now > 2) bits |= from[2];
        for (std::size_t digit = 0; digit < 4; digit++)
            json += digit <= now ? alphabet[bits >> (18 - 6 * digit) & 63] : '=';
        left -= now;
    }
    json += '"';
}

// Overwrites a text that held a secret or a picture.
inline void wipe(std::string &text) noexcept {
    volatile char *at = text.empty() ? nullptr : &text[0];
    for (std::size_t left = text.size(); left > 0; left--) *at++ = 0;
    text.clear();
}

} // namespace detail

// Bytes that the library made. They are wiped when they go.
class Bytes {
public:
    Bytes() noexcept = default;
    Bytes(Bytes &&other) noexcept : bytes_(std::exchange(other.bytes_, cardseal_bytes{})) {}
    Bytes &operator=(Bytes &&other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    Bytes(const Bytes &) = delete;
    Bytes &operator=(const Bytes &) = delete;
    ~Bytes() { cardseal_bytes_free(&bytes_); }

    const std::uint8_t *data() const noexcept { return bytes_.data; }
    std::size_t size() const noexcept { return bytes_.len; }
    bool empty() const noexcept { return bytes_.len == 0; }
    operator BytesView() const noexcept { return BytesView(bytes_.data, bytes_.len); }
    // What they say; it goes with them.
    std::string_view view() const noexcept {
        return std::string_view(reinterpret_cast<const char *>(bytes_.data), bytes_.len);
    }

    // The place where the library writes.
    cardseal_bytes *out() noexcept { return &bytes_; }

private:
    cardseal_bytes bytes_{};
};

// What opens the answer to one request, once. It can be moved, and not copied or printed.
class Opener {
public:
    explicit Opener(cardseal_opener *handle) noexcept : handle_(handle) {}
    Opener(Opener &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Opener &operator=(Opener &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    Opener(const Opener &) = delete;
    Opener &operator=(const Opener &) = delete;
    ~Opener() { cardseal_opener_free(handle_); }

    // Opens a reply, {"Response":{…}} or the inner object. The opener is used afterwards, whatever happened.
    Bytes open(BytesView reply) {
        Bytes plain;
        detail::check(cardseal_open(&handle_, detail::data(reply), reply.size(), plain.out()));
        return plain;
    }

    // The opener as text, which is a key, for another process. The opener is used afterwards.
    Bytes store() {
        Bytes stored;
        detail::check(cardseal_opener_store(&handle_, stored.out()));
        return stored;
    }

    static Opener restore(BytesView stored) {
        cardseal_opener *handle = nullptr;
        detail::check(cardseal_opener_restore(detail::data(stored), stored.size(), &handle));
        return Opener(handle);
    }

    // Whether it can still open something.
    explicit operator bool() const noexcept { return handle_ != nullptr; }

private:
    cardseal_opener *handle_;
};

// A request's body to send, and the opener of its answer.
struct Sealed {
    Bytes body;
    Opener opener;
};

// The service's public key, parsed and checked. The key chooses the suite. Threads may share one.
class Recipient {
public:
    static Recipient parse(BytesView key) {
        cardseal_recipient *handle = nullptr;
        detail::check(cardseal_recipient_parse(detail::data(key), key.size(), &handle));
        return Recipient(handle);
    }
    Recipient(Recipient &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Recipient &operator=(Recipient &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    Recipient(const Recipient &) = delete;
    Recipient &operator=(const Recipient &) = delete;
    ~Recipient() { cardseal_recipient_free(handle_); }

    // "AES-256-CBC" or "SM4-GCM"; empty where it was moved from.
    std::string_view suite() const noexcept {
        const char *name = cardseal_recipient_suite(handle_);
        return name ? std::string_view(name) : std::string_view();
    }

    Sealed seal(BytesView plain) const {
        Bytes body;
        cardseal_opener *opener = nullptr;
        detail::check(cardseal_seal(handle_, detail::data(plain), plain.size(), body.out(), &opener));
        return Sealed{std::move(body), Opener(opener)};
    }

private:
    friend class Client;
    explicit Recipient(cardseal_recipient *handle) noexcept : handle_(handle) {}

    cardseal_recipient *handle_;
};

// Signs an HTTP/1.1 request given as text: {"canonical_request","string_to_sign","signature","headers"}. signed_headers is
// "a;b", or nothing for the scheme's own.
inline Bytes sign(const std::string &scheme, BytesView request, const std::string &secret_id, const std::string &secret_key,
                  std::int64_t unix_time, const std::optional<std::string> &signed_headers = std::nullopt) {
    Bytes json;
    detail::check(cardseal_sign(detail::c_text(scheme), detail::data(request), request.size(), detail::c_text(secret_id),
                                detail::c_text(secret_key), unix_time, detail::c_text(signed_headers), json.out()));
    return json;
}

// Which card is to be recognised, and by whom.
struct RecognizeOptions {
    std::string_view cloud; // "tencent", "ctyun" or "huawei"
    std::optional<BytesView> image;
    std::optional<std::string_view> url;
    std::optional<std::string_view> key; // Tencent's public key as the service hands it out
    std::optional<std::string_view> side; // "front" or "back"
    std::optional<std::string_view> endpoint, region;
    // Without these two the credentials come from the environment.
    std::optional<std::string_view> secret_id, secret_key;
    std::optional<std::string_view> token, app_key, project_id;
    std::optional<std::uint64_t> deadline_ms;
};

// Recognises one ID card: seals, signs, sends, opens. It blocks. Gives {"request_id","result",…}.
inline Bytes recognize(const RecognizeOptions &options) {
    // Sized before it is filled: a text that grows would leave pieces of itself behind.
    std::size_t room = 512 + (options.image ? options.image->size() / 3 * 4 : 0);
    const std::pair<const char *, const std::optional<std::string_view> *> members[] = {
        {"url", &options.url}, {"key", &options.key}, {"side", &options.side}, {"endpoint", &options.endpoint},
        {"region", &options.region}, {"secret_id", &options.secret_id}, {"secret_key", &options.secret_key},
        {"token", &options.token}, {"app_key", &options.app_key}, {"project_id", &options.project_id},
    };
    for (const auto &[name, value] : members)
        if (*value) room += (*value)->size() * 6;
    std::string json;
    json.reserve(room + options.cloud.size() * 6);
    json += "{\"cloud\":";
    detail::append(json, options.cloud);
    for (const auto &[name, value] : members) {
        if (!*value) continue;
        json.append(",\"").append(name).append("\":");
        detail::append(json, **value);
    }
    if (options.image) {
        json += ",\"image\":";
        detail::append_base64(json, *options.image);
    }
    if (options.deadline_ms) json.append(",\"deadline_ms\":").append(std::to_string(*options.deadline_ms));
    json += '}';

    Bytes found;
    const int code = cardseal_recognize(json.c_str(), found.out());
    detail::wipe(json);
    detail::check(code);
    return found;
}

// What proves who calls. It can be moved, and not copied or printed.
class Credentials {
public:
    // An id and its secret; the token of temporary credentials; Ctyun's app key.
    Credentials(const std::string &secret_id, const std::string &secret_key,
                const std::optional<std::string> &token = std::nullopt,
                const std::optional<std::string> &app_key = std::nullopt) {
        detail::check(cardseal_credentials_new(detail::c_text(secret_id), detail::c_text(secret_key), detail::c_text(token),
                                               detail::c_text(app_key), &handle_));
    }
    // Those that a cloud's own programs would find, looked for when they are needed.
    static Credentials of_environment(const std::string &cloud) {
        Credentials found;
        detail::check(cardseal_credentials_of_environment(detail::c_text(cloud), &found.handle_));
        return found;
    }
    Credentials(Credentials &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Credentials &operator=(Credentials &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    Credentials(const Credentials &) = delete;
    Credentials &operator=(const Credentials &) = delete;
    ~Credentials() { cardseal_credentials_free(handle_); }

private:
    friend class Client;
    Credentials() noexcept = default;

    cardseal_credentials *handle_ = nullptr;
};

// The cloud of a client, and how it is reached.
struct ClientOptions {
    std::string_view cloud; // "tencent", "ctyun" or "huawei"
    std::optional<std::string_view> endpoint, region, project_id;
    std::optional<std::uint64_t> deadline_ms; // of each call
};

// One card for a client.
struct Card {
    std::optional<BytesView> image;
    std::optional<std::string> url;
    std::optional<std::string> side; // "front" or "back"
};

// Recognises cards at one cloud, and keeps its connections between calls. Threads may share one.
class Client {
public:
    // With the credentials of the environment.
    explicit Client(const ClientOptions &options) : Client(options, static_cast<const cardseal_credentials *>(nullptr)) {}
    // The credentials may go afterwards.
    Client(const ClientOptions &options, const Credentials &credentials) : Client(options, given(credentials)) {}
    Client(Client &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Client &operator=(Client &&other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;
    ~Client() { cardseal_client_free(handle_); }

    // Recognises one ID card of Tencent's: seals, signs, sends, opens. It blocks. Gives {"request_id","result",…}.
    Bytes recognize(const Recipient &recipient, const Card &card) const { return call(&recipient, card); }
    // The same where cards go in clear.
    Bytes recognize(const Card &card) const { return call(nullptr, card); }

private:
    Client(const ClientOptions &options, const cardseal_credentials *credentials) {
        std::string json = "{\"cloud\":";
        detail::append(json, options.cloud);
        const std::pair<const char *, const std::optional<std::string_view> *> members[] = {
            {"endpoint", &options.endpoint}, {"region", &options.region}, {"project_id", &options.project_id}};
        for (const auto &[name, value] : members) {
            if (!*value) continue;
            json.append(",\"").append(name).append("\":");
            detail::append(json, **value);
        }
        if (options.deadline_ms) json.append(",\"deadline_ms\":").append(std::to_string(*options.deadline_ms));
        json += '}';
        detail::check(cardseal_client_new(json.c_str(), credentials, &handle_));
    }

    // Those that were moved away are not those of the environment.
    static const cardseal_credentials *given(const Credentials &credentials) {
        if (!credentials.handle_) throw std::invalid_argument("the credentials were moved away");
        return credentials.handle_;
    }

    Bytes call(const Recipient *recipient, const Card &card) const {
        if (recipient && !recipient->handle_) throw std::invalid_argument("the recipient was moved away");
        Bytes json;
        detail::check(cardseal_client_recognize(handle_, recipient ? recipient->handle_ : nullptr,
                                                card.image ? detail::data(*card.image) : nullptr,
                                                card.image ? card.image->size() : 0, detail::c_text(card.url),
                                                detail::c_text(card.side), json.out()));
        return json;
    }

    cardseal_client *handle_ = nullptr;
};

// What a prepared picture may be at most.
struct PrepareLimits {
    std::optional<std::size_t> max_bytes;
    std::optional<std::uint32_t> max_side;
    std::optional<unsigned> quality; // 1 to 100
};

// A picture that is ready, and what was done to it: {"input","output","changed"}.
struct Prepared {
    Bytes image, report;
};

// Makes a picture fit for the services: upright, without metadata, in sRGB, small enough.
inline Prepared prepare(BytesView image, const PrepareLimits &limits = {}) {
    std::string json;
    const auto add = [&json](const char *name, auto value) {
        if (value) json.append(json.empty() ? "{\"" : ",\"").append(name).append("\":").append(std::to_string(*value));
    };
    add("max_bytes", limits.max_bytes);
    add("max_side", limits.max_side);
    add("quality", limits.quality);
    json += json.empty() ? "{}" : "}";
    Prepared made;
    detail::check(cardseal_prepare(detail::data(image), image.size(), json.c_str(), made.image.out(), made.report.out()));
    return made;
}

} // namespace cardseal

#endif
