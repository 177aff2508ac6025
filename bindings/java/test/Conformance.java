// The Java side of bindings/conformance: a question a line on stdin, an answer a line on stdout.
import io.github.cardseal.Card;
import io.github.cardseal.CardsealException;
import io.github.cardseal.Client;
import io.github.cardseal.Credentials;
import io.github.cardseal.Opener;
import io.github.cardseal.Picture;
import io.github.cardseal.Recipient;
import io.github.cardseal.Recognition;
import io.github.cardseal.Sealed;
import io.github.cardseal.Signing;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

final class Conformance {
    private static Opener held;

    private static String text(byte[] field) {
        return field == null ? null : new String(field, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[][] answer(String verb, List<byte[]> f) {
        switch (verb) {
            case "parse":
                return new byte[][] {bytes(Recipient.parse(f.get(0)).suite())};
            case "seal": {
                Sealed sealed = Recipient.parse(f.get(0)).seal(f.get(1));
                return new byte[][] {sealed.body(), sealed.opener().store()};
            }
            case "hold": {
                Sealed sealed = Recipient.parse(f.get(0)).seal(f.get(1));
                held = sealed.opener();
                return new byte[][] {sealed.body()};
            }
            case "answer":
                return new byte[][] {held.open(f.get(0))};
            case "open":
                return new byte[][] {Opener.restore(f.get(0)).open(f.get(1))};
            case "restore":
                return new byte[][] {Opener.restore(f.get(0)).store()};
            case "sign": {
                List<String> names = f.get(5) == null ? null : List.of(text(f.get(5)).split(";"));
                Instant time = Instant.ofEpochSecond(Long.parseLong(text(f.get(4))));
                return new byte[][] {
                    bytes(Signing.sign(text(f.get(0)), f.get(1), text(f.get(2)), text(f.get(3)), time, names))
                };
            }
            case "recognize": {
                Recognition card = new Recognition(text(f.get(0))).endpoint(text(f.get(1))).region(text(f.get(2)))
                        .side(text(f.get(3))).url(text(f.get(5))).credentials(text(f.get(7)), text(f.get(8)));
                if (f.get(4) != null) {
                    card.key(f.get(4));
                }
                if (f.get(6) != null) {
                    card.image(f.get(6));
                }
                return new byte[][] {bytes(card.run())};
            }
            case "client":
                try (Credentials credentials = Credentials.of(text(f.get(5)), text(f.get(6)));
                        Client client = Client.at("tencent").endpoint(text(f.get(0))).credentials(credentials).build();
                        Recipient recipient = Recipient.parse(f.get(2))) {
                    Card picture = f.get(4) == null ? Card.url(text(f.get(3))) : Card.image(f.get(4));
                    Card card = picture.side(text(f.get(1)));
                    return new byte[][] {bytes(client.recognize(recipient, card)), bytes(client.recognize(recipient, card))};
                }
            case "spin":
                try (Recipient recipient = Recipient.parse(f.get(0))) {
                    byte[] plain = "x".repeat(Integer.parseInt(text(f.get(1)))).getBytes(StandardCharsets.US_ASCII);
                    for (int round = Integer.parseInt(text(f.get(2))); round > 0; round--) {
                        recipient.seal(plain).close();
                    }
                    return new byte[0][];
                }
            case "spin into":
                try (Recipient recipient = Recipient.parse(f.get(0))) {
                    byte[] plain = "x".repeat(Integer.parseInt(text(f.get(1)))).getBytes(StandardCharsets.US_ASCII);
                    ByteBuffer body = ByteBuffer.allocate(plain.length / 3 * 4 + 1024);
                    for (int round = Integer.parseInt(text(f.get(2))); round > 0; round--) {
                        recipient.seal(plain, body.clear()).close();
                    }
                    return new byte[0][];
                }
            case "prepare": {
                Picture made = Picture.prepare(f.get(0), new Picture.Limits().quality(60));
                return new byte[][] {made.bytes(), bytes(made.report())};
            }
            default:
                throw new IllegalArgumentException("no such verb: " + verb);
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line; (line = input.readLine()) != null;) {
            List<byte[]> fields = new ArrayList<>();
            for (String word : line.split("\t")) {
                fields.add(word.equals("-") ? null : HexFormat.of().parseHex(word, 1, word.length()));
            }
            StringBuilder shown = new StringBuilder("ok");
            byte[][] words;
            try {
                words = answer(text(fields.get(0)), fields.subList(1, fields.size()));
            } catch (CardsealException error) {
                shown = new StringBuilder("error");
                words = new byte[][] {{(byte) error.exitCode()}, bytes(error.kind().name().toLowerCase()),
                    bytes(error.code().orElse(null)), bytes(error.requestId().orElse(null)), bytes(error.getMessage()),
                    error.openedText().orElse(null)};
            }
            for (byte[] word : words) {
                shown.append('\t').append(word == null ? "-" : "=" + HexFormat.of().formatHex(word));
            }
            System.out.println(shown);
        }
    }
}
