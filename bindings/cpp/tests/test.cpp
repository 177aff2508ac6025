// What a C++ program can rely on. The first argument is the folder of the vectors.
#include <cardseal.hpp>

#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <thread>
#include <type_traits>

static int passed, failed;

static void check(bool holds, const char *what, int line) {
    (holds ? passed : failed)++;
    if (!holds) std::cerr << "line " << line << ": not so: " << what << '\n';
}
#define CHECK(...) check((__VA_ARGS__), #__VA_ARGS__, __LINE__)

static std::string file(const std::string &path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw std::runtime_error("cannot read " + path);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

// The kind and the exit code of what is thrown.
static std::string thrown(const std::function<void()> &call) {
    try {
        call();
    } catch (const cardseal::Error &error) {
        return error.kind() + " " + std::to_string(error.exit_code());
    } catch (const std::invalid_argument &) {
        return "invalid_argument";
    }
    return "nothing";
}

// A card whose end is missing, under the right tag: what it opened to, and the error that has it.
static const char CUT[] = "{\"Name\":\"张三\",\"Sex\":\"男\",\"Nation\":\"汉\",\"Birth\":\"1990/3/7\",\"Address\":\"某省某市某路1号\","
                          "\"IdNum\":\"99010119900307123X\",\"Authority\":\"\",\"ValidDate\":\"\",\"AdvancedInfo\":\"{}\"";

static cardseal::Error unread(const std::string &vectors) {
    const std::string scenario = file(vectors + "/scenarios/open/sm4-json-cut.txt");
    try {
        cardseal::Opener::restore(cardseal::bytes("{\"Algorithm\":\"SM4-GCM\",\"Key\":\"zf7Xi6bZTh+6J3NqUpdQGA==\","
                                                  "\"Iv\":\"biFnYHptigWTkjw9\"}"))
            .open(cardseal::bytes(std::string_view(scenario).substr(scenario.find("\n\n") + 2)));
    } catch (const cardseal::Error &error) {
        return error;
    }
    throw std::runtime_error("it opened");
}

static std::string_view text(const std::optional<cardseal::BytesView> &bytes) {
    return bytes ? std::string_view(reinterpret_cast<const char *>(bytes->data()), bytes->size()) : std::string_view("none");
}

static_assert(!std::is_copy_constructible_v<cardseal::Opener> && !std::is_copy_assignable_v<cardseal::Opener>);
static_assert(!std::is_copy_constructible_v<cardseal::Bytes> && std::is_nothrow_move_constructible_v<cardseal::Bytes>);
static_assert(std::is_nothrow_move_constructible_v<cardseal::Opener>);
static_assert(!std::is_copy_constructible_v<cardseal::Recipient>);

int main(int, char **argv) {
    using cardseal::Opener;
    using cardseal::Recipient;
    const std::string vectors = argv[1];
    const std::string sm2 = file(vectors + "/keys/tencent-demo-sm2.b64"), rsa = file(vectors + "/keys/tencent-demo-rsa.b64");

    // The key chooses the suite.
    const Recipient recipient = Recipient::parse(cardseal::bytes(sm2));
    CHECK(recipient.suite() == "SM4-GCM");
    CHECK(Recipient::parse(cardseal::bytes(rsa)).suite() == "AES-256-CBC");
    CHECK(thrown([] { Recipient::parse(cardseal::bytes("no key")); }) == "key 3");
    CHECK(thrown([] { Recipient::parse({}); }) == "key 3");

    // A body is sealed, and its answer opened once.
    {
        auto [body, opener] = recipient.seal(cardseal::bytes("{\"a\":1}"));
        CHECK(body.view().substr(0, 18) == "{\"EncryptedBody\":\"" && opener);
        CHECK(thrown([&opener] { opener.open(cardseal::bytes("{}")); }) == "open 8");
        CHECK(!opener && thrown([&opener] { opener.open(cardseal::bytes("{}")); }) == "input 2");
        Opener first = recipient.seal({}).opener, second(std::move(first));
        CHECK(!first && second);
        first = std::move(second);
        CHECK(first && !second);
    }

    // The service's no.
    try {
        recipient.seal(cardseal::bytes("{}")).opener.open(cardseal::bytes(
            "{\"Response\":{\"Error\":{\"Code\":\"FailedOperation.ImageBlur\",\"Message\":\"m\"},\"RequestId\":\"r-1\"}}"));
        CHECK(false);
    } catch (const cardseal::Error &error) {
        CHECK(error.kind() == "service" && error.exit_code() == 7);
        CHECK(error.code() == "FailedOperation.ImageBlur" && error.request_id() == "r-1");
        CHECK(std::string(error.what()).find("r-1") != std::string::npos);
    }

    // What a billed answer opened to goes with the error, and with the last of its copies; its text does not tell it.
    {
        std::optional<cardseal::Error> first(unread(vectors));
        CHECK(first->kind() == "protocol" && first->exit_code() == 8 && text(first->opened_text()) == CUT);
        CHECK(std::string_view(first->what()).find("99010119900307123X") == std::string_view::npos);
        // A later error has none, and takes none away.
        CHECK(thrown([] { Recipient::parse(cardseal::bytes("x")); }) == "key 3" && text(first->opened_text()) == CUT);
        std::exception_ptr kept = std::make_exception_ptr(*first);
        first.reset();
        // Caught in another thread, and wrapped.
        std::thread([&kept] {
            try {
                std::rethrow_exception(std::exchange(kept, nullptr));
            } catch (const cardseal::Error &error) {
                CHECK(text(error.opened_text()) == CUT);
            }
        }).join();
        try {
            Recipient::parse(cardseal::bytes("x"));
        } catch (const cardseal::Error &error) {
            CHECK(!error.opened_text());
        }
    }

    // A zero would end a text early in C.
    {
        using cardseal::Credentials;
        const std::string cut("a\0b", 3);
        const auto refused = [](const std::function<void()> &call) { return thrown(call) == "invalid_argument"; };
        CHECK(refused([&] { cardseal::sign(cut, {}, "id", "key", 0); }));
        CHECK(refused([&] { cardseal::sign("tc3-hmac-sha256", {}, cut, "key", 0); }));
        CHECK(refused([&] { cardseal::sign("tc3-hmac-sha256", {}, "id", cut, 0); }));
        CHECK(refused([&] { cardseal::sign("tc3-hmac-sha256", {}, "id", "key", 0, cut); }));
        CHECK(refused([&] { Credentials(cut, "key"); }) && refused([&] { Credentials("id", cut); }));
        CHECK(refused([&] { Credentials("id", "key", cut); }) && refused([&] { Credentials("id", "key", "t", cut); }));
        CHECK(refused([&] { Credentials::of_environment(cut); }));
        cardseal::ClientOptions options;
        options.cloud = "tencent";
        const cardseal::Client client(options, Credentials("id", "key"));
        cardseal::Card card;
        card.url = "https://h.example/a" + cut;
        CHECK(refused([&] { client.recognize(recipient, card); }));
        card.url = "https://h.example/a";
        card.side = cut;
        CHECK(refused([&] { client.recognize(recipient, card); }));
    }

    // An opener stored and restored.
    {
        const cardseal::Bytes stored = recipient.seal(cardseal::bytes("{}")).opener.store();
        CHECK(Opener::restore(stored).store().view() == stored.view());
        CHECK(thrown([] { Opener::restore(cardseal::bytes("{}")); }) == "input 2");
    }

    // The published example of a signature.
    {
        const std::string folder = vectors + "/sign/tc3-hmac-sha256/t1-documentation-2019";
        const std::string request = file(folder + "/request.txt"), signature = file(folder + "/signature.txt");
        const auto sign = [&request](const std::string &scheme) {
            return cardseal::sign(scheme, cardseal::bytes(request), "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
                                  "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", 1551113065, "content-type;host");
        };
        const cardseal::Bytes json = sign("tc3-hmac-sha256");
        CHECK(json.view().find("\"signature\":\"" + signature + "\"") != std::string_view::npos);
        CHECK(thrown([&sign] { sign("rot13"); }) == "input 2");
    }

    // What is wrong with a call is told before anything is sent.
    {
        cardseal::RecognizeOptions options;
        options.cloud = "tencent";
        CHECK(thrown([&options] { cardseal::recognize(options); }) == "input 2");
        options.key = "no \"key\"\\\n";
        options.url = "https://h.example/a";
        CHECK(thrown([&options] { cardseal::recognize(options); }) == "key 3");
        options.key = sm2;
        options.endpoint = "http://127.0.0.1:1";
        options.secret_id = "id";
        options.secret_key = "key";
        options.deadline_ms = 2000;
        CHECK(thrown([&options] { cardseal::recognize(options); }) == "transport 5");
        options.image = cardseal::bytes("BM");
        CHECK(thrown([&options] { cardseal::recognize(options); }) == "input 2");
    }

    // A client, whose calls are judged before anything is sent.
    {
        using cardseal::Client;
        using cardseal::Credentials;
        cardseal::ClientOptions options;
        options.cloud = "tencent";
        options.endpoint = "http://127.0.0.1:1";
        options.deadline_ms = 2000;
        Credentials credentials("id", "key");
        const Client client(options, credentials);
        cardseal::Card card;
        CHECK(thrown([&] { client.recognize(recipient, card); }) == "input 2");
        card.url = "https://h.example/a";
        CHECK(thrown([&] { client.recognize(card); }) == "input 2");
        CHECK(thrown([&] { client.recognize(recipient, card); }) == "transport 5");
        card.side = "top";
        CHECK(thrown([&] { client.recognize(recipient, card); }) == "input 2");
        CHECK(thrown([] { Credentials("", "key"); }) == "credential 4");
        CHECK(thrown([] { Credentials::of_environment("nowhere"); }) == "input 2");
        const Credentials taken(std::move(credentials));
        bool refused = false;
        try {
            Client(options, credentials);
        } catch (const std::invalid_argument &) {
            refused = true;
        }
        CHECK(refused);
        options.region = "ap-\"x\"";
        CHECK(thrown([&] { Client(options, taken); }) == "input 2");
        options.cloud = "nowhere";
        CHECK(thrown([&] { Client{options}; }) == "input 2");
    }

    // An exception of the caller's own passes between two calls, and what was made is freed on its way.
    {
        int caught = 0;
        for (int round = 0; round < 50; round++) try {
                const auto sealed = recipient.seal(cardseal::bytes("{}"));
                throw round;
            } catch (int number) {
                caught += number == round;
            }
        CHECK(caught == 50 && recipient.seal(cardseal::bytes("{}")).opener);
    }

    // A picture is made to fit.
    {
        const std::string photo = file(vectors + "/../crates/prepare/tests/images/phone.jpg");
        cardseal::PrepareLimits limits;
        limits.max_side = 4000;
        limits.quality = 60;
        const cardseal::Prepared made = cardseal::prepare(cardseal::bytes(photo), limits);
        CHECK(made.report.view().find("\"changed\":true") != std::string_view::npos);
        CHECK(cardseal::prepare(made.image).image.view() == made.image.view());
        CHECK(thrown([] { cardseal::prepare(cardseal::bytes("text")); }) == "input 2");
        limits.quality = 0;
        CHECK(thrown([&] { cardseal::prepare(cardseal::bytes(photo), limits); }) == "input 2");
    }

    // Threads share a recipient, and each has its own error.
    {
        std::vector<std::thread> threads;
        std::vector<int> counts(8);
        for (std::size_t at = 0; at < counts.size(); at++)
            threads.emplace_back([&recipient, &counts, at] {
                for (int round = 0; round < 25; round++)
                    counts[at] += thrown([&recipient] {
                                      recipient.seal({}).opener.open(cardseal::bytes("["));
                                  }) == "protocol 8";
            });
        for (std::thread &thread : threads) thread.join();
        for (int count : counts) CHECK(count == 25);
    }

    std::cout << passed << " passed, " << failed << " failed\n";
    return failed != 0;
}
