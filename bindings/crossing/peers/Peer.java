// What is written in Java today: Bouncy Castle through Java's own interfaces, as the service's demo has it. Asked as
// bindings/conformance asks.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

final class Peer {
    private static final SecureRandom RANDOM = new SecureRandom();

    private interface Sealer {
        byte[] seal(byte[] plain) throws Exception;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static byte[] crypt(String mode, Key key, AlgorithmParameterSpec iv, byte[] plain) throws Exception {
        Cipher cipher = Cipher.getInstance(mode, "BC");
        cipher.init(Cipher.ENCRYPT_MODE, key, iv);
        return cipher.doFinal(plain);
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] body(String algorithm, byte[] sealed, byte[] wrapped, byte[] iv, String tags) {
        String json = "{\"EncryptedBody\":\"" + text(sealed) + "\",\"Encryption\":{\"CiphertextBlob\":\"" + text(wrapped)
                + "\",\"Iv\":\"" + text(iv) + "\",\"Algorithm\":\"" + algorithm + "\",\"TagList\":[" + tags
                + "],\"EncryptList\":[\"EncryptedBody\"]}}";
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    private static Sealer rsa(byte[] spki) throws Exception {
        PublicKey recipient = KeyFactory.getInstance("RSA", "BC").generatePublic(new X509EncodedKeySpec(spki));
        return plain -> {
            byte[] key = random(32);
            byte[] iv = random(16);
            byte[] sealed = crypt("AES/CBC/PKCS7Padding", new SecretKeySpec(key, "AES"), new IvParameterSpec(iv), plain);
            Cipher wrap = Cipher.getInstance("RSA/ECB/PKCS1Padding", "BC");
            wrap.init(Cipher.ENCRYPT_MODE, recipient);
            return body("AES-256-CBC", sealed, wrap.doFinal(key), iv, "");
        };
    }

    private static Sealer sm2(byte[] spki) throws Exception {
        CipherParameters recipient = PublicKeyFactory.createKey(spki);
        return plain -> {
            byte[] key = random(16);
            byte[] iv = random(12);
            byte[] both = crypt("SM4/GCM/NoPadding", new SecretKeySpec(key, "SM4"), new GCMParameterSpec(128, iv), plain);
            byte[] sealed = Arrays.copyOf(both, plain.length);
            byte[] tag = Arrays.copyOfRange(both, plain.length, both.length);
            SM2Engine engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
            engine.init(true, new ParametersWithRandom(recipient, RANDOM));
            return body("SM4-GCM", sealed, engine.processBlock(key, 0, key.length), iv, "\"" + text(tag) + "\"");
        };
    }

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line; (line = input.readLine()) != null;) {
            String[] words = line.split("\t");
            byte[][] fields = new byte[words.length][];
            for (int at = 0; at < words.length; at++) {
                fields[at] = HexFormat.of().parseHex(words[at], 1, words[at].length());
            }
            String pem = new String(Base64.getDecoder().decode(fields[1]), StandardCharsets.US_ASCII);
            byte[] spki = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
            // An RSA key is the longer one.
            Sealer sealer = spki.length > 120 ? rsa(spki) : sm2(spki);
            if (new String(fields[0], StandardCharsets.US_ASCII).equals("seal")) {
                System.out.println("ok\t=" + HexFormat.of().formatHex(sealer.seal(fields[2])));
                continue;
            }
            byte[] plain = new byte[Integer.parseInt(new String(fields[2], StandardCharsets.US_ASCII))];
            for (int round = Integer.parseInt(new String(fields[3], StandardCharsets.US_ASCII)); round > 0; round--) {
                sealer.seal(plain);
            }
            System.out.println("ok");
        }
    }
}
