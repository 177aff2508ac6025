// Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs libcurl and OpenSSL, 1.1 or later.
//
//   g++ -std=c++17 call.cpp -o call -lcurl -lcrypto
//   export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...
//   ./call
//
// Temporary credentials come with a token: TENCENTCLOUD_TOKEN.

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace {

const std::string endpoint = "{{endpoint}}";
const std::string host = "{{host}}"; // as curl will send it: with the port, unless it is the scheme's own
const std::string service = "{{service}}";
const std::string action = "{{action}}";
const std::string version = "{{version}}";
{{answer}}const std::string body ={{body}};

std::string hex(const std::string& bytes) {
    const char* digits = "0123456789abcdef";
    std::string text;
    for (unsigned char byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string sha256_hex(const std::string& data) {
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), hash);
    return hex(std::string(hash, hash + sizeof hash));
}

std::string hmac_sha256(const std::string& key, const std::string& text) {
    unsigned char code[SHA256_DIGEST_LENGTH];
    unsigned int length = sizeof code;
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(), code, &length)) {
        throw std::runtime_error("OpenSSL could not compute an HMAC");
    }
    return std::string(code, code + length);
}

// The date of the very same timestamp, in UTC: gmtime, not localtime. They differ for hours every day.
std::string utc_date(std::time_t timestamp) {
    char text[sizeof "2026-01-31"];
    std::tm* utc = std::gmtime(&timestamp);
    if (!utc || !std::strftime(text, sizeof text, "%Y-%m-%d", utc)) {
        throw std::runtime_error("the clock cannot be read");
    }
    return text;
}

// The value of the header Authorization.
std::string authorization(const std::string& secret_id, const std::string& secret_key, std::time_t timestamp,
                          const std::string& content_type, const std::string& payload) {
    const std::string date = utc_date(timestamp);
    const std::string scope = date + "/" + service + "/tc3_request";

    const std::string signed_headers = "content-type;host";
    const std::string canonical_request = "POST\n"
                                          "/\n"
                                          "\n" // the query
                                          "content-type:" + content_type + "\n"
                                          "host:" + host + "\n"
                                          "\n" // a blank line ends the headers
                                          + signed_headers + "\n"
                                          + sha256_hex(payload);
    const std::string string_to_sign = "TC3-HMAC-SHA256\n" + std::to_string(timestamp) + "\n"
                                       + scope + "\n" + sha256_hex(canonical_request);

    std::string key = "TC3" + secret_key;
    for (const std::string& step : {date, service, std::string("tc3_request")}) {
        key = hmac_sha256(key, step);
    }
    const std::string signature = hex(hmac_sha256(key, string_to_sign));
    return "TC3-HMAC-SHA256 Credential=" + secret_id + "/" + scope + ", SignedHeaders=" + signed_headers
           + ", Signature=" + signature;
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

size_t print(char* data, size_t size, size_t count, void*) {
    return std::fwrite(data, size, count, stdout);
}

void call() {
    const std::string secret_id = variable("TENCENTCLOUD_SECRET_ID");
    const std::string secret_key = variable("TENCENTCLOUD_SECRET_KEY");
    const std::string token = variable("TENCENTCLOUD_TOKEN");
    if (secret_id.empty() || secret_key.empty()) {
        throw std::runtime_error("TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY have to be set");
    }

    // Signed, so it is sent exactly as it stands here.
    const std::string content_type = "application/json";
    const std::time_t timestamp = std::time(nullptr);

    curl_slist* list = nullptr;
    auto header = [&list](const std::string& line) {
        curl_slist* longer = curl_slist_append(list, line.c_str());
        if (!longer) {
            throw std::bad_alloc();
        }
        list = longer;
    };
    header("Authorization: " + authorization(secret_id, secret_key, timestamp, content_type, body));
    header("Content-Type: " + content_type);
    header("Host: " + host);
    header("X-TC-Action: " + action);
    header("X-TC-Version: " + version);
    header("X-TC-Timestamp: " + std::to_string(timestamp));
    header("Expect:");
    if (!token.empty()) {
        header("X-TC-Token: " + token);
    }
    std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list, curl_slist_free_all);
    std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
    if (!curl) {
        throw std::runtime_error("libcurl could not be started");
    }

    char reason[CURL_ERROR_SIZE] = "";
    const std::string url = endpoint + "/";
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    // The bytes that were signed, by their number: a body is not a string that ends at a NUL.
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, print);
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 60L);
    const CURLcode code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) {
        throw std::runtime_error(std::string("not sent, or no answer came: ")
                                 + (*reason ? reason : curl_easy_strerror(code)));
    }
}

} // namespace

int main() {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int status = EXIT_SUCCESS;
    try {
        // A refusal comes with status 200, too: look for Response.Error in what is printed.
        call();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        status = EXIT_FAILURE;
    }
    curl_global_cleanup();
    return status;
}
