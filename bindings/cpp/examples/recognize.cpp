// Recognises the card in a picture: recognize KEY-FILE PICTURE [ENDPOINT]. The credentials come from the environment
// (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY).
#include <cardseal.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

static std::string file(const char *path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw std::runtime_error(std::string("cannot read ") + path);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

int main(int argc, char **argv) try {
    if (argc < 3) {
        std::cerr << "usage: recognize KEY-FILE PICTURE [ENDPOINT]\n";
        return 2;
    }
    const std::string key = file(argv[1]), picture = file(argv[2]);
    cardseal::RecognizeOptions options;
    options.cloud = "tencent";
    options.key = key;
    options.image = cardseal::bytes(picture);
    if (argc > 3) options.endpoint = argv[3];
    std::cout << cardseal::recognize(options).view() << '\n';
    return 0;
} catch (const cardseal::Error &error) {
    std::cerr << error.what() << '\n';
    return error.exit_code();
} catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 2;
}
