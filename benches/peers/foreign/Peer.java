// Bouncy Castle through Java's own interfaces, as the service's Java demo uses it: JCE for body ciphers and RSA,
// SM2Engine in mode C1C3C2 for the SM2 wrap. Asked by lines; see ../src/process.rs.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

public class Peer {
    interface Task { byte[] run() throws Exception; }

    static final long WARM_UP_NS = 700_000_000L;
    static final SecureRandom RANDOM = new SecureRandom();
    static final String SM4 = "SM4/GCM/NoPadding", AES = "AES/CBC/PKCS7Padding";
    static long each;
    static int sink;

    public static void main(String[] args) throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        Security.addProvider(provider);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        Task task = null;
        for (String line; (line = in.readLine()) != null; System.out.flush()) {
            String[] words = line.split(" ");
            if (words[0].equals("version")) {
                System.out.println("{\"version\":\"" + provider.getVersionStr() + "\"}");
            } else if (words[0].equals("ready")) {
                task = task(words[1], bytes(words[2]), bytes(words[3]), bytes(words[4]));
                byte[] output = task.run();
                long started = processorTime(), warm = 0;
                for (; processorTime() - started < WARM_UP_NS; warm++) sink += task.run().length;
                each = (processorTime() - started) / warm + 1;
                System.out.println("{\"output\":\"" + base64(output) + "\"}");
            } else {
                long times = Math.max(1, Long.parseLong(words[1]) / each), started = processorTime();
                for (long i = 0; i < times; i++) sink += task.run().length;
                System.out.println("{\"ns\":" + (double) (processorTime() - started) / times + "}");
            }
        }
    }

    /** Of this thread: compiler and collector, which run in others, are not counted against Java. */
    static long processorTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    static Task task(String work, byte[] key, byte[] iv, byte[] input) throws Exception {
        switch (work) {
            case "sm4-gcm-seal": return () -> sm4(Cipher.ENCRYPT_MODE, key, iv, input);
            case "sm4-gcm-open": return () -> sm4(Cipher.DECRYPT_MODE, key, iv, input);
            case "aes-cbc-encrypt": return () -> aes(Cipher.ENCRYPT_MODE, key, iv, input);
            case "aes-cbc-decrypt": return () -> aes(Cipher.DECRYPT_MODE, key, iv, input);
            case "sm2-wrap": {
                CipherParameters recipient = PublicKeyFactory.createKey(key);
                return () -> wrapSm2(recipient, input);
            }
            case "rsa-wrap": {
                PublicKey recipient = rsa(key);
                return () -> wrapRsa(recipient, input);
            }
            case "request-sm": case "image-sm": {
                CipherParameters recipient = PublicKeyFactory.createKey(key);
                return () -> {
                    byte[] plaintext = work.equals("image-sm") ? card(input) : input;
                    byte[] session = random(16), nonce = random(12);
                    byte[] sealed = sm4(Cipher.ENCRYPT_MODE, session, nonce, plaintext);
                    byte[] tag = Arrays.copyOfRange(sealed, sealed.length - 16, sealed.length);
                    byte[] body = Arrays.copyOf(sealed, sealed.length - 16);
                    String tags = "\"" + base64(tag) + "\"";
                    return signed(body, wrapSm2(recipient, session), nonce, "SM4-GCM", tags);
                };
            }
            case "request-intl": case "image-intl": {
                PublicKey recipient = rsa(key);
                return () -> {
                    byte[] plaintext = work.equals("image-intl") ? card(input) : input;
                    byte[] session = random(32), nonce = random(16);
                    byte[] sealed = aes(Cipher.ENCRYPT_MODE, session, nonce, plaintext);
                    return signed(sealed, wrapRsa(recipient, session), nonce, "AES-256-CBC", "");
                };
            }
            case "reply-sm": case "reply-intl":
                return () -> {
                    // No JSON library comes with Java: members are looked for by name, which is the least that can be done.
                    String reply = new String(input, StandardCharsets.US_ASCII);
                    byte[] body = bytes(member(reply, "\"EncryptedBody\":\"")), nonce = bytes(member(reply, "\"Iv\":\""));
                    if (work.equals("reply-intl")) return aes(Cipher.DECRYPT_MODE, key, nonce, body);
                    byte[] tag = bytes(member(reply, "\"TagList\":[\""));
                    byte[] joined = Arrays.copyOf(body, body.length + tag.length);
                    System.arraycopy(tag, 0, joined, body.length, tag.length);
                    return sm4(Cipher.DECRYPT_MODE, key, nonce, joined);
                };
            default: throw new IllegalArgumentException(work);
        }
    }

    static byte[] sm4(int direction, byte[] key, byte[] iv, byte[] data) throws Exception {
        return crypt(direction, SM4, new SecretKeySpec(key, "SM4"), new GCMParameterSpec(128, iv), data);
    }

    static byte[] aes(int direction, byte[] key, byte[] iv, byte[] data) throws Exception {
        return crypt(direction, AES, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv), data);
    }

    static byte[] crypt(int direction, String mode, Key key, AlgorithmParameterSpec iv, byte[] data) throws Exception {
        Cipher cipher = Cipher.getInstance(mode, "BC");
        cipher.init(direction, key, iv);
        return cipher.doFinal(data);
    }

    static PublicKey rsa(byte[] spki) throws Exception {
        return KeyFactory.getInstance("RSA", "BC").generatePublic(new X509EncodedKeySpec(spki));
    }

    static byte[] wrapRsa(PublicKey key, byte[] message) throws Exception {
        Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding", "BC");
        cipher.init(Cipher.ENCRYPT_MODE, key);
        return cipher.doFinal(message);
    }

    static byte[] wrapSm2(CipherParameters key, byte[] message) throws Exception {
        SM2Engine engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        engine.init(true, new ParametersWithRandom(key, RANDOM));
        return engine.processBlock(message, 0, message.length);
    }

    static byte[] card(byte[] image) {
        return ("{\"ImageBase64\":\"" + base64(image) + "\"}").getBytes(StandardCharsets.US_ASCII);
    }

    /** AUTHORIZATION LF BODY. */
    static byte[] signed(byte[] ciphertext, byte[] blob, byte[] iv, String algorithm, String tags) throws Exception {
        String body = "{\"EncryptedBody\":\"" + base64(ciphertext) + "\",\"Encryption\":{\"CiphertextBlob\":\"" + base64(blob)
            + "\",\"Iv\":\"" + base64(iv) + "\",\"Algorithm\":\"" + algorithm + "\",\"TagList\":[" + tags
            + "],\"EncryptList\":[\"EncryptedBody\"]}}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String timestamp = System.getenv("BENCH_TIMESTAMP");
        String day = java.time.Instant.ofEpochSecond(Long.parseLong(timestamp)).toString().substring(0, 10);
        String canonical = "POST\n/\n\ncontent-type:application/json\nhost:ocr.tencentcloudapi.com\n\ncontent-type;host\n"
            + sha256(bytes);
        String scope = day + "/ocr/tc3_request";
        String toSign = "TC3-HMAC-SHA256\n" + timestamp + "\n" + scope + "\n"
            + sha256(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] date = mac(("TC3" + System.getenv("BENCH_SECRET_KEY")).getBytes(StandardCharsets.UTF_8), day);
        byte[] signature = mac(mac(mac(date, "ocr"), "tc3_request"), toSign);
        String authorization = "TC3-HMAC-SHA256 Credential=" + System.getenv("BENCH_SECRET_ID") + "/" + scope
            + ", SignedHeaders=content-type;host, Signature=" + hex(signature) + "\n";
        byte[] head = authorization.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, all, head.length, bytes.length);
        return all;
    }

    static byte[] mac(byte[] key, String message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    }

    static String sha256(byte[] bytes) throws Exception {
        return hex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }

    static String member(String json, String before) {
        int start = json.indexOf(before) + before.length();
        return json.substring(start, json.indexOf('"', start));
    }

    static byte[] random(int len) {
        byte[] bytes = new byte[len];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    static byte[] bytes(String word) {
        return word.equals("-") ? new byte[0] : Base64.getDecoder().decode(word);
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
