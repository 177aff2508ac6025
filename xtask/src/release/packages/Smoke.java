import io.github.cardseal.Recipient;
import io.github.cardseal.Sealed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What the jar must do by itself, with no library path: seal under a published key. */
final class Smoke {
    public static void main(String[] arguments) throws Exception {
        byte[] request = "{\"ImageUrl\":\"https://h.example/card.jpg\"}".getBytes("UTF-8");
        try (Recipient recipient = Recipient.parse(Files.readAllBytes(Path.of(arguments[0])));
                Sealed sealed = recipient.seal(request)) {
            var found = Pattern.compile("\"Algorithm\":\"([^\"]*)\"").matcher(new String(sealed.body(), "UTF-8"));
            System.out.println(found.find() ? found.group(1) : "no algorithm");
        }
    }
}
