// What a Java program can rely on of clients: kept connections, the collector, threads that end, pictures made to fit.
import com.sun.net.httpserver.HttpServer;
import io.github.cardseal.Card;
import io.github.cardseal.CardsealException;
import io.github.cardseal.Client;
import io.github.cardseal.Credentials;
import io.github.cardseal.Opener;
import io.github.cardseal.Picture;
import io.github.cardseal.Recipient;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

final class Clients {
    private static final Card CARD = Card.url("https://h.example/card.jpg");

    private Clients() {}

    /** A service that says no to every request, keeps connections open, and counts them. */
    private static final class Service implements AutoCloseable {
        final AtomicInteger requests = new AtomicInteger();
        final Set<InetSocketAddress> peers = ConcurrentHashMap.newKeySet();
        private final HttpServer server;

        Service() throws Exception {
            byte[] no = Test.utf8("{\"Response\":{\"Error\":{\"Code\":\"FailedOperation.ImageBlur\",\"Message\":\"m\"},"
                    + "\"RequestId\":\"r-1\"}}");
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
            server.setExecutor(Executors.newCachedThreadPool(work -> {
                Thread thread = new Thread(work);
                thread.setDaemon(true);
                return thread;
            }));
            server.createContext("/", exchange -> {
                requests.incrementAndGet();
                peers.add(exchange.getRemoteAddress());
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, no.length);
                exchange.getResponseBody().write(no);
                exchange.close();
            });
            server.start();
        }

        Client client() {
            try (Credentials credentials = Credentials.of("id", "key", "token", null)) {
                return Client.at("tencent").endpoint("http://127.0.0.1:" + server.getAddress().getPort())
                        .credentials(credentials).timeout(Duration.ofSeconds(30)).build();
            }
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    static void check(Recipient recipient, Path vectors) throws Exception {
        try (Service service = new Service()) {
            called(service, recipient);
            refused(service, recipient);
        }
        prepared(Files.readAllBytes(vectors.resolve("../crates/prepare/tests/images/phone.jpg")));
    }

    private static void called(Service service, Recipient recipient) throws Exception {
        Client client = service.client();
        for (int round = 0; round < 5; round++) {
            try {
                client.recognize(recipient, CARD);
                Test.check(false, "the service's no is thrown");
            } catch (CardsealException error) {
                Test.check(error.kind() == CardsealException.Kind.SERVICE && error.exitCode() == 7, "the kind of the no");
                Test.check(error.code().orElse("").equals("FailedOperation.ImageBlur"), "its code");
                Test.check(error.requestId().orElse("").equals("r-1"), "its request id");
            }
        }
        Test.check(service.requests.get() == 5 && service.peers.size() == 1, "connections are kept between calls");

        // The collector at work, and nothing of a call in hand but the call itself.
        List<Thread> threads = new ArrayList<>();
        AtomicInteger right = new AtomicInteger();
        for (int thread = 0; thread < 8; thread++) {
            Thread caller = new Thread(() -> {
                String kind = Test.thrown(() -> service.client().recognize(Recipient.parse(sm2()), CARD));
                right.addAndGet(kind.equals("SERVICE 7") ? 1 : 0);
            });
            threads.add(caller);
            caller.start();
            System.gc();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Test.check(right.get() == 8, "the collector takes nothing from under a call");

        // What a thread made outlives it; an exception of its own leaves the library whole.
        AtomicReference<Opener> made = new AtomicReference<>();
        Thread ending = new Thread(() -> {
            made.set(recipient.seal(Test.utf8("{}")).opener());
            throw new IllegalStateException("planted");
        });
        ending.setUncaughtExceptionHandler((thread, error) -> {});
        ending.start();
        ending.join();
        Test.check(Test.thrown(() -> made.get().open(Test.utf8("{}"))).equals("OPEN 8"), "an opener outlives its thread");

        // Closed in the middle of a call, which goes on.
        Client closing = service.client();
        AtomicReference<String> outcome = new AtomicReference<>();
        Thread caller = new Thread(() -> outcome.set(Test.thrown(() -> closing.recognize(recipient, CARD))));
        caller.start();
        closing.close();
        caller.join();
        Test.check(Set.of("SERVICE 7", "INPUT 2").contains(outcome.get()), "closed beside a call: " + outcome.get());
        Test.check(Test.thrown(() -> closing.recognize(recipient, CARD)).equals("INPUT 2"), "a closed client is refused");
        client.close();
        client.close();
    }

    private static byte[] sm2() throws Exception {
        return Files.readAllBytes(Path.of(System.getProperty("cardseal.vectors"), "keys/tencent-demo-sm2.b64"));
    }

    private static void refused(Service service, Recipient recipient) throws Exception {
        int before = service.requests.get();
        Client client = service.client();
        Test.check(Test.thrown(() -> Client.at("nowhere").build()).equals("INPUT 2"), "an unknown cloud");
        Test.check(Test.thrown(() -> Client.at(null).build()).equals("INPUT 2"), "no cloud");
        Test.check(Test.thrown(() -> Client.at("huawei").build()).equals("INPUT 2"), "no project");
        Test.check(Test.thrown(() -> Credentials.of("", "key")).equals("CREDENTIAL 4"), "no id");
        Test.check(Test.thrown(() -> Credentials.of("id", null)).equals("NullPointerException"), "null is no secret");
        Test.check(Test.thrown(() -> Credentials.ofEnvironment("nowhere")).equals("INPUT 2"), "nobody's credentials");
        Credentials closed = Credentials.of("id", "key");
        Test.check(!((Object) closed instanceof Serializable) && !((Object) closed instanceof Cloneable), "not copied");
        closed.close();
        Test.check(Test.thrown(() -> Client.at("tencent").credentials(closed).build()).equals("INPUT 2"), "closed credentials");
        Test.check(Test.thrown(() -> client.recognize(CARD)).equals("INPUT 2"), "no recipient");
        Test.check(Test.thrown(() -> client.recognize(null, CARD)).equals("NullPointerException"), "null is no recipient");
        Test.check(Test.thrown(() -> client.recognize(recipient, null)).equals("NullPointerException"), "null is no card");
        Test.check(Test.thrown(() -> client.recognize(recipient, CARD.side("top"))).equals("INPUT 2"), "no such side");
        Test.check(Test.thrown(() -> client.recognize(recipient, Card.image(new byte[0]))).equals("INPUT 2"), "no picture");
        Test.check(Test.thrown(() -> client.recognize(recipient, Card.image(Test.utf8("text")))).equals("INPUT 2"), "text");
        Recipient gone = Recipient.parse(sm2());
        gone.close();
        Test.check(Test.thrown(() -> client.recognize(gone, CARD)).equals("INPUT 2"), "a closed recipient");
        Test.check(service.requests.get() == before, "nothing of that was sent");
    }

    private static void prepared(byte[] photo) {
        Picture made = Picture.prepare(photo, new Picture.Limits().quality(60).maxSide(4000));
        Test.check(made.report().contains("\"changed\":true"), "a photo is changed");
        Picture again = Picture.prepare(made.bytes());
        Test.check(Arrays.equals(again.bytes(), made.bytes()), "what is ready stays");
        Test.check(Test.thrown(() -> Picture.prepare(null)).equals("NullPointerException"), "null is no picture");
        Test.check(Test.thrown(() -> Picture.prepare(Test.utf8("text"))).equals("INPUT 2"), "text is no picture");
        Test.check(Test.thrown(() -> Picture.prepare(photo, new Picture.Limits().quality(0))).equals("INPUT 2"), "no quality");
    }
}
