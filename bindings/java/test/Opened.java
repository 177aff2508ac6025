// What a billed answer opened to that cannot be read: its error has it, and nothing that shows or writes the error does.
import io.github.cardseal.CardsealException;
import io.github.cardseal.Opener;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.LogRecord;
import java.util.logging.Level;
import java.util.logging.SimpleFormatter;
import java.util.logging.XMLFormatter;

final class Opened {
    /** A card whose end is missing, under the right tag. */
    private static final String CUT = "{\"Name\":\"张三\",\"Sex\":\"男\",\"Nation\":\"汉\",\"Birth\":\"1990/3/7\",\"Address\":\"某省某市某路1号\",\"IdNum\":\"99010119900307123X\",\"Authority\":\"\",\"ValidDate\":\"\",\"AdvancedInfo\":\"{}\"";
    private static final String NUMBER = "99010119900307123X";
    private static final byte[] STORED =
            Test.utf8("{\"Algorithm\":\"SM4-GCM\",\"Key\":\"zf7Xi6bZTh+6J3NqUpdQGA==\",\"Iv\":\"biFnYHptigWTkjw9\"}");

    private static CardsealException unread(Path vectors) throws Exception {
        String text = Files.readString(vectors.resolve("scenarios/open/sm4-json-cut.txt"));
        try {
            Opener.restore(STORED).open(Test.utf8(text.substring(text.indexOf("\n\n") + 2)));
        } catch (CardsealException error) {
            return error;
        }
        throw new IllegalStateException("it opened");
    }

    private static String text(CardsealException error) {
        return error.openedText().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("none");
    }

    static void check(Path vectors) throws Exception {
        CardsealException error = unread(vectors);
        Test.check(error.kind() == CardsealException.Kind.PROTOCOL && error.exitCode() == 8, "its kind");
        Test.check(text(error).equals(CUT), "what an answer opened to");
        System.gc();
        Test.check(text(unread(vectors)).equals(CUT) && text(error).equals(CUT), "each error has its own");
        try {
            Opener.restore(STORED).open(Test.utf8("{}"));
            Test.check(false, "it does not open");
        } catch (CardsealException none) {
            Test.check(none.openedText().isEmpty(), "an answer that does not open has none");
        }

        RuntimeException wrapped = new RuntimeException(error);
        wrapped.addSuppressed(unread(vectors));
        StringWriter shown = new StringWriter();
        wrapped.printStackTrace(new PrintWriter(shown));
        shown.write(error + error.getMessage() + error.getLocalizedMessage());
        LogRecord record = new LogRecord(Level.SEVERE, "it failed: {0}");
        record.setThrown(wrapped);
        record.setParameters(new Object[] {error});
        shown.write(new SimpleFormatter().format(record) + new XMLFormatter().format(record));
        // What writers of JSON and loggers ask: whatever is named as a property.
        for (Method method : CardsealException.class.getMethods()) {
            if (method.getParameterCount() == 0 && method.getName().matches("(get|is)[A-Z].*")) {
                shown.write(String.valueOf(method.invoke(error)));
            }
        }
        Test.check(shown.toString().contains("CardsealException"), "the error is shown");
        Test.check(!shown.toString().contains(NUMBER), "what an answer opened to is shown by nothing");

        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (ObjectOutputStream stream = new ObjectOutputStream(written)) {
            stream.writeObject(wrapped);
        }
        Test.check(!written.toString(StandardCharsets.ISO_8859_1).contains(NUMBER), "it is not written");
        try (ObjectInputStream stream = new ObjectInputStream(new ByteArrayInputStream(written.toByteArray()))) {
            CardsealException read = (CardsealException) ((RuntimeException) stream.readObject()).getCause();
            Test.check(read.kind() == error.kind() && read.openedText().isEmpty(), "an error is read without it");
        }
        Test.check(text(error).equals(CUT), "it is still there");
    }
}
