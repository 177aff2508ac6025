// The C++ side of bindings/conformance: a question a line on stdin, an answer a line on stdout.
#include <cardseal.hpp>

#include <iostream>
#include <sstream>

using Field = std::optional<std::string>;

static std::vector<Field> split(const std::string &line) {
    std::vector<Field> fields;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
        if (word == "-") {
            fields.emplace_back();
            continue;
        }
        std::string bytes;
        for (std::size_t at = 1; at + 1 < word.size(); at += 2)
            bytes += static_cast<char>(std::stoi(word.substr(at, 2), nullptr, 16));
        fields.emplace_back(bytes);
    }
    return fields;
}

static void put(std::string_view bytes) {
    static const char digits[] = "0123456789abcdef";
    std::string text = "\t=";
    for (char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[c & 15];
    }
    std::cout << text;
}

static void put_field(const Field &field) {
    if (field)
        put(std::string_view(*field));
    else
        std::cout << "\t-";
}

static std::optional<cardseal::Opener> held;

static std::optional<std::string_view> view(const Field &field) {
    return field ? std::optional<std::string_view>(*field) : std::nullopt;
}

static cardseal::Sealed seal(const std::vector<Field> &f) {
    return cardseal::Recipient::parse(cardseal::bytes(*f[1])).seal(cardseal::bytes(*f[2]));
}

static void ok(std::string_view first) {
    std::cout << "ok";
    put(first);
}

static void answer(const std::vector<Field> &f) {
    using cardseal::Opener;
    const std::string &verb = *f[0];
    if (verb == "parse") {
        ok(cardseal::Recipient::parse(cardseal::bytes(*f[1])).suite());
    } else if (verb == "seal") {
        auto [body, opener] = seal(f);
        const cardseal::Bytes stored = opener.store();
        ok(body.view());
        put(stored.view());
    } else if (verb == "hold") {
        auto [body, opener] = seal(f);
        held = std::move(opener);
        ok(body.view());
    } else if (verb == "answer") {
        ok(held.value().open(cardseal::bytes(*f[1])).view());
    } else if (verb == "open") {
        ok(Opener::restore(cardseal::bytes(*f[1])).open(cardseal::bytes(*f[2])).view());
    } else if (verb == "restore") {
        ok(Opener::restore(cardseal::bytes(*f[1])).store().view());
    } else if (verb == "sign") {
        ok(cardseal::sign(*f[1], cardseal::bytes(*f[2]), *f[3], *f[4], std::stoll(*f[5]), f[6]).view());
    } else if (verb == "recognize") {
        cardseal::RecognizeOptions options;
        options.cloud = *f[1];
        options.endpoint = view(f[2]);
        options.region = view(f[3]);
        options.side = view(f[4]);
        options.key = view(f[5]);
        options.url = view(f[6]);
        if (f[7]) options.image = cardseal::bytes(*f[7]);
        options.secret_id = view(f[8]);
        options.secret_key = view(f[9]);
        ok(cardseal::recognize(options).view());
    } else if (verb == "client") {
        cardseal::ClientOptions options;
        options.cloud = "tencent";
        options.endpoint = view(f[1]);
        const cardseal::Client client(options, cardseal::Credentials(*f[6], *f[7]));
        const auto recipient = cardseal::Recipient::parse(cardseal::bytes(*f[3]));
        cardseal::Card card;
        card.side = f[2];
        card.url = f[4];
        if (f[5]) card.image = cardseal::bytes(*f[5]);
        const cardseal::Bytes first = client.recognize(recipient, card), second = client.recognize(recipient, card);
        ok(first.view());
        put(second.view());
    } else if (verb == "spin") {
        const auto recipient = cardseal::Recipient::parse(cardseal::bytes(*f[1]));
        const std::string plain(std::stoul(*f[2]), 'x');
        for (unsigned long round = std::stoul(*f[3]); round > 0; round--) recipient.seal(cardseal::bytes(plain));
        std::cout << "ok";
    } else if (verb == "prepare") {
        cardseal::PrepareLimits limits;
        limits.quality = 60;
        const cardseal::Prepared made = cardseal::prepare(cardseal::bytes(*f[1]), limits);
        ok(made.image.view());
        put(made.report.view());
    } else {
        throw std::runtime_error("no such verb: " + verb);
    }
}

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        try {
            answer(split(line));
        } catch (const cardseal::Error &error) {
            std::cout << "error";
            put(std::string_view(std::string(1, static_cast<char>(error.exit_code()))));
            put(std::string_view(error.kind()));
            put_field(error.code());
            put_field(error.request_id());
            put(std::string_view(error.what()));
            const auto opened = error.opened_text();
            put_field(opened ? Field(std::string(opened->data(), opened->data() + opened->size())) : Field());
        }
        std::cout << std::endl;
    }
}
