// What a Java program can rely on. Every check is counted; the last line says how many held.
import io.github.cardseal.CardsealException;
import io.github.cardseal.Client;
import io.github.cardseal.Opener;
import io.github.cardseal.Recipient;
import io.github.cardseal.Recognition;
import io.github.cardseal.Sealed;
import io.github.cardseal.Signing;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

final class Test {
    private static int passed;
    private static int failed;

    static void check(boolean holds, String what) {
        if (holds) {
            passed++;
        } else {
            failed++;
            System.err.println("not so: " + what);
        }
    }

    interface Call {
        void run() throws Exception;
    }

    /** The kind and the exit code of what is thrown, or the name of another exception. */
    static String thrown(Call call) {
        try {
            call.run();
        } catch (CardsealException error) {
            return error.kind() + " " + error.exitCode();
        } catch (Exception error) {
            return error.getClass().getSimpleName();
        }
        return "nothing";
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) throws Exception {
        Path vectors = Path.of(arguments[0]);
        byte[] sm2 = Files.readAllBytes(vectors.resolve("keys/tencent-demo-sm2.b64"));
        byte[] rsa = Files.readAllBytes(vectors.resolve("keys/tencent-demo-rsa.b64"));
        Recipient recipient = Recipient.parse(sm2);
        check(recipient.suite().equals("SM4-GCM"), "an SM2 key chooses SM4-GCM");
        try (Recipient other = Recipient.parse(rsa)) {
            check(other.suite().equals("AES-256-CBC"), "an RSA key chooses AES-256-CBC");
        }
        check(thrown(() -> Recipient.parse(utf8("no key"))).equals("KEY 3"), "what is no key is refused");
        check(thrown(() -> Recipient.parse(new byte[0])).equals("KEY 3"), "nothing is no key");
        check(thrown(() -> Recipient.parse(null)).equals("NullPointerException"), "null is no key");

        // A body is sealed, and its answer opened once.
        try (Sealed sealed = recipient.seal(utf8("{\"a\":1}"))) {
            check(new String(sealed.body(), StandardCharsets.UTF_8).startsWith("{\"EncryptedBody\":\""), "the body to send");
            Opener opener = sealed.opener();
            check(thrown(() -> opener.open(null)).equals("NullPointerException"), "null is no reply, and uses nothing");
            check(thrown(() -> opener.open(utf8("{}"))).equals("OPEN 8"), "what is no answer is not opened");
            check(thrown(() -> opener.open(utf8("{}"))).equals("INPUT 2"), "an opener is used once");
            check(thrown(opener::store).equals("INPUT 2"), "a used opener is not stored");
        }
        check(thrown(() -> recipient.seal(null)).equals("NullPointerException"), "null is no body");

        // Many bodies need the memory of one.
        for (ByteBuffer buffer : new ByteBuffer[] {ByteBuffer.allocate(4096), ByteBuffer.allocateDirect(4096)}) {
            buffer.put((byte) '>');
            recipient.seal(utf8("{\"a\":1}"), buffer).close();
            String body = StandardCharsets.UTF_8.decode(buffer.flip()).toString();
            check(body.startsWith(">{\"EncryptedBody\":\"") && body.endsWith("}}"), "a body in a buffer");
            buffer.clear().limit(100);
            check(thrown(() -> recipient.seal(utf8("{}"), buffer)).equals("BufferOverflowException"), "too little room");
            check(buffer.position() == 0, "nothing was put there");
        }
        check(thrown(() -> recipient.seal(new byte[0]).opener().open(new byte[0])).equals("PROTOCOL 8"), "no reply");

        // The samples of the service's guide.
        for (String name : List.of("sm4", "aes")) {
            String text = Files.readString(vectors.resolve("scenarios/open/" + name + "-opens-guide-sample.txt"));
            int end = text.indexOf("\n\n");
            Map<String, String> headers = new HashMap<>();
            for (String line : text.substring(0, end).split("\n")) {
                String[] pair = line.split(": ", 2);
                headers.put(pair[0], pair[1]);
            }
            String key = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(headers.get("key")));
            String iv = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(headers.get("iv")));
            byte[] stored = utf8("{\"Algorithm\":\"" + headers.get("algorithm") + "\",\"Key\":\"" + key + "\",\"Iv\":\"" + iv
                    + "\"}");
            byte[] opened = Opener.restore(stored).open(utf8(text.substring(end + 2)));
            check(Arrays.equals(opened, Base64.getDecoder().decode(headers.get("plaintext"))), "the guide's sample: " + name);
            Opener opener = Opener.restore(stored);
            check(!opener.toString().contains(key) && !((Object) opener instanceof Serializable), "an opener shows nothing");
            check(!((Object) opener instanceof Cloneable), "an opener is not cloned");
            check(new String(opener.store(), StandardCharsets.UTF_8).contains(key), "an opener is stored");
        }
        check(thrown(() -> Opener.restore(utf8("{}"))).equals("INPUT 2"), "what is no opener is not restored");

        Opened.check(vectors);

        // The service's no.
        try {
            recipient.seal(utf8("{}")).opener().open(utf8("{\"Response\":{\"Error\":"
                    + "{\"Code\":\"FailedOperation.ImageBlur\",\"Message\":\"m\"},\"RequestId\":\"r-1\"}}"));
            check(false, "the service's no is thrown");
        } catch (CardsealException error) {
            check(error.kind() == CardsealException.Kind.SERVICE && error.exitCode() == 7, "the kind of the service's no");
            check(error.code().orElse("").equals("FailedOperation.ImageBlur"), "its code");
            check(error.requestId().orElse("").equals("r-1"), "its request id");
        }

        // The published example of a signature.
        Path folder = vectors.resolve("sign/tc3-hmac-sha256/t1-documentation-2019");
        byte[] request = Files.readAllBytes(folder.resolve("request.txt"));
        List<String> names = List.of("content-type", "host");
        Instant time = Instant.ofEpochSecond(1551113065);
        String id = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
        String secret = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
        String signature = Files.readString(folder.resolve("signature.txt"));
        check(Signing.sign("tc3-hmac-sha256", request, id, secret, time, names).contains("\"signature\":\"" + signature + "\""),
                "the signature as published");
        check(thrown(() -> Signing.sign("rot13", request, id, secret, time, names)).equals("INPUT 2"), "an unknown scheme");
        check(thrown(() -> Signing.sign("tc3-hmac-sha256", request, "", secret, time, null)).equals("CREDENTIAL 4"), "no id");
        check(thrown(() -> Signing.sign("tc3-hmac-sha256", request, id, secret, Instant.ofEpochSecond(-1), null))
                .equals("INPUT 2"), "a time before all");
        check(thrown(() -> Signing.sign("tc3-hmac-sha256", request, id, null, time, null)).equals("NullPointerException"),
                "null is no secret");

        // What is wrong with a call is told before anything is sent.
        String url = "https://h.example/a";
        check(thrown(() -> new Recognition("nowhere").run()).equals("INPUT 2"), "an unknown cloud");
        check(thrown(() -> new Recognition("tencent").url(url).run()).equals("INPUT 2"), "no key");
        check(thrown(() -> new Recognition("tencent").key(sm2).run()).equals("INPUT 2"), "no picture");
        check(thrown(() -> new Recognition("tencent").key(sm2).url(url).image(new byte[] {1}).run()).equals("INPUT 2"),
                "two pictures");
        check(thrown(() -> new Recognition("tencent").key(utf8("no \"key\"\\\n")).url(url).run()).equals("KEY 3"), "no key");
        check(thrown(() -> new Recognition("tencent").key(sm2).url(url).endpoint("http://127.0.0.1:1").credentials("i", "k")
                .timeout(Duration.ofSeconds(2)).run()).equals("TRANSPORT 5"), "nobody there");

        // For ever is as long as there is, and a time that is over is none.
        for (Duration endless : List.of(ChronoUnit.FOREVER.getDuration(), ChronoUnit.FOREVER.getDuration().negated())) {
            check(thrown(() -> new Recognition("tencent").key(sm2).timeout(endless).run()).equals("INPUT 2"), "a time without end");
            check(thrown(() -> Client.at("tencent").timeout(endless).build().close()).equals("nothing"), "a client without end");
        }

        Clients.check(recipient, vectors);

        // Threads share a recipient, under a collector at work, and each has its own error.
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Callable<Integer>> jobs = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            boolean even = thread % 2 == 0;
            jobs.add(() -> {
                int right = 0;
                for (int round = 0; round < 50; round++) {
                    String kind = thrown(() -> recipient.seal(utf8("{}")).opener().open(utf8(even ? "{}" : "[")));
                    right += kind.equals(even ? "OPEN 8" : "PROTOCOL 8") ? 1 : 0;
                    if (round % 25 == 0) {
                        System.gc();
                    }
                }
                return right;
            });
        }
        for (Future<Integer> right : pool.invokeAll(jobs)) {
            check(right.get() == 50, "each thread has its own error");
        }

        // One opener in many threads opens for one of them.
        Opener one = recipient.seal(utf8("{}")).opener();
        List<Callable<String>> openings = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            openings.add(() -> thrown(() -> one.open(utf8("{}"))));
        }
        int first = 0;
        int late = 0;
        for (Future<String> kind : pool.invokeAll(openings)) {
            first += kind.get().equals("OPEN 8") ? 1 : 0;
            late += kind.get().equals("INPUT 2") ? 1 : 0;
        }
        check(first == 1 && late == 7, "one of eight opens");
        pool.shutdown();

        // What is forgotten is freed, and what is closed is refused.
        for (int round = 0; round < 200; round++) {
            recipient.seal(utf8("{}"));
        }
        System.gc();
        Opener last = recipient.seal(utf8("{}")).opener();
        last.close();
        last.close();
        check(thrown(() -> last.open(utf8("{}"))).equals("INPUT 2"), "a closed opener is refused");
        recipient.close();
        recipient.close();
        check(thrown(() -> recipient.seal(utf8("{}"))).equals("INPUT 2"), "a closed recipient is refused");
        check(thrown(recipient::suite).equals("INPUT 2"), "a closed recipient has no suite");

        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }
}
