// The service's side of the envelope, built on Bouncy Castle as the service's own Java demo uses it: JCE for the body
// ciphers and RSA, SM2Engine in mode C1C3C2 for the SM2 wrap. Reads one JSON-free request a line, answers one line.
//
//   keygen SUITE                       -> base64 of the PEM of a fresh public key
//   exchange SUITE BLOB IV TAG CT ANSWER IV2
//                                      -> PLAINTEXT CT2 TAG2, all base64, "-" for none
//   shared SM4-GCM BLOB                -> base64 of x and y of the point that an SM2 blob was wrapped with
//
// `exchange` opens a sealed body with the private key of the last `keygen SUITE`, then seals ANSWER under the same
// session key and IV2.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.jcajce.provider.asymmetric.ec.BCECPrivateKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jce.spec.ECParameterSpec;

public class BouncyCastlePeer {
    static final String AES = "AES-256-CBC";
    static KeyPair rsa;
    static KeyPair sm2;

    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line; (line = in.readLine()) != null; ) {
            String[] words = line.split(" ");
            System.out.println(switch (words[0]) {
                case "keygen" -> keygen(words[1]);
                case "shared" -> shared(bytes(words[2]));
                default -> exchange(words);
            });
            System.out.flush();
        }
    }

    static String keygen(String suite) throws Exception {
        byte[] der;
        String label;
        if (suite.equals(AES)) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "BC");
            generator.initialize(1024, new SecureRandom());
            rsa = generator.generateKeyPair();
            der = SubjectPublicKeyInfo.getInstance(rsa.getPublic().getEncoded()).parsePublicKey().getEncoded();
            label = "RSA PUBLIC KEY";
        } else {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "BC");
            generator.initialize(new ECGenParameterSpec("sm2p256v1"), new SecureRandom());
            sm2 = generator.generateKeyPair();
            der = sm2.getPublic().getEncoded();
            label = "PUBLIC KEY";
        }
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        String pem = "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----";
        return base64(pem.getBytes(StandardCharsets.US_ASCII));
    }

    static String exchange(String[] words) throws Exception {
        String suite = words[1];
        byte[] blob = bytes(words[2]), iv = bytes(words[3]), tag = bytes(words[4]);
        byte[] ciphertext = bytes(words[5]), answer = bytes(words[6]), iv2 = bytes(words[7]);
        if (suite.equals(AES)) {
            byte[] key = crypt(Cipher.DECRYPT_MODE, "RSA/ECB/PKCS1Padding", rsa.getPrivate(), null, blob);
            SecretKeySpec session = new SecretKeySpec(key, "AES");
            String mode = "AES/CBC/PKCS7Padding";
            byte[] plaintext = crypt(Cipher.DECRYPT_MODE, mode, session, new IvParameterSpec(iv), ciphertext);
            byte[] sealed = crypt(Cipher.ENCRYPT_MODE, mode, session, new IvParameterSpec(iv2), answer);
            return base64(plaintext) + " " + base64(sealed) + " -";
        }
        SecretKeySpec session = new SecretKeySpec(unwrapSm2(blob), "SM4");
        String mode = "SM4/GCM/NoPadding";
        byte[] joined = Arrays.copyOf(ciphertext, ciphertext.length + tag.length);
        System.arraycopy(tag, 0, joined, ciphertext.length, tag.length);
        byte[] plaintext = crypt(Cipher.DECRYPT_MODE, mode, session, new GCMParameterSpec(128, iv), joined);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, mode, session, new GCMParameterSpec(128, iv2), answer);
        int split = sealed.length - 16;
        return base64(plaintext) + " " + base64(Arrays.copyOf(sealed, split)) + " "
            + base64(Arrays.copyOfRange(sealed, split, sealed.length));
    }

    static String shared(byte[] blob) {
        BCECPrivateKey key = (BCECPrivateKey) sm2.getPrivate();
        byte[] c1 = Arrays.copyOf(blob, 65);
        byte[] point = key.getParameters().getCurve().decodePoint(c1).multiply(key.getD()).getEncoded(false);
        return base64(Arrays.copyOfRange(point, 1, 65));
    }

    static byte[] unwrapSm2(byte[] blob) throws Exception {
        BCECPrivateKey key = (BCECPrivateKey) sm2.getPrivate();
        ECParameterSpec spec = key.getParameters();
        ECDomainParameters domain = new ECDomainParameters(spec.getCurve(), spec.getG(), spec.getN(), BigInteger.ONE);
        SM2Engine engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        engine.init(false, new ECPrivateKeyParameters(key.getD(), domain));
        return engine.processBlock(blob, 0, blob.length);
    }

    static byte[] crypt(int direction, String mode, Key key, java.security.spec.AlgorithmParameterSpec iv, byte[] data)
            throws Exception {
        Cipher cipher = Cipher.getInstance(mode, "BC");
        if (iv == null) {
            cipher.init(direction, key);
        } else {
            cipher.init(direction, key, iv);
        }
        return cipher.doFinal(data);
    }

    static byte[] bytes(String word) {
        return word.equals("-") ? new byte[0] : Base64.getDecoder().decode(word);
    }

    static String base64(byte[] bytes) {
        return bytes.length == 0 ? "-" : Base64.getEncoder().encodeToString(bytes);
    }
}
