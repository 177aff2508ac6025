// Recognises the card in a picture: java Recognize KEY-FILE PICTURE [ENDPOINT]. The credentials come from the environment
// (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY).
import io.github.cardseal.CardsealException;
import io.github.cardseal.Recognition;
import java.nio.file.Files;
import java.nio.file.Path;

final class Recognize {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2) {
            System.err.println("usage: java Recognize KEY-FILE PICTURE [ENDPOINT]");
            System.exit(2);
        }
        try {
            System.out.println(new Recognition("tencent")
                    .key(Files.readAllBytes(Path.of(arguments[0])))
                    .image(Files.readAllBytes(Path.of(arguments[1])))
                    .endpoint(arguments.length > 2 ? arguments[2] : null)
                    .run());
        } catch (CardsealException error) {
            System.err.println(error.getMessage());
            System.exit(error.exitCode());
        }
    }
}
