// The C# side of bindings/conformance: a question a line on stdin, an answer a line on stdout.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Cardseal;

internal static class Conformance
{
    private static Opener held;

    private static string Text(byte[] field)
    {
        return field == null ? null : Encoding.UTF8.GetString(field);
    }

    private static byte[] Bytes(string text)
    {
        return text == null ? null : Encoding.UTF8.GetBytes(text);
    }

    private static byte[] Unhex(string word)
    {
        if (word == "-")
        {
            return null;
        }
        var bytes = new byte[word.Length / 2];
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] = (byte)((Uri.FromHex(word[at * 2 + 1]) << 4) | Uri.FromHex(word[at * 2 + 2]));
        }
        return bytes;
    }

    private static byte[][] Answer(string verb, byte[][] f)
    {
        switch (verb)
        {
            case "parse":
                return new[] { Bytes(Recipient.Parse(f[0]).Suite) };
            case "seal":
                var stored = Recipient.Parse(f[0]).Seal(f[1]);
                return new[] { stored.Body, stored.Opener.Store() };
            case "hold":
                var kept = Recipient.Parse(f[0]).Seal(f[1]);
                held = kept.Opener;
                return new[] { kept.Body };
            case "answer":
                return new[] { held.Open(f[0]) };
            case "open":
                return new[] { Opener.Restore(f[0]).Open(f[1]) };
            case "restore":
                return new[] { Opener.Restore(f[0]).Store() };
            case "sign":
                var names = f[5] == null ? new string[0] : Text(f[5]).Split(';');
                var time = DateTimeOffset.FromUnixTimeSeconds(long.Parse(Text(f[4])));
                return new[] { Bytes(Ocr.Sign(Text(f[0]), f[1], Text(f[2]), Text(f[3]), time, names)) };
            case "recognize":
                return new[] { Bytes(Ocr.Recognize(new RecognizeOptions {
                    Cloud = Text(f[0]), Endpoint = Text(f[1]), Region = Text(f[2]), Side = Text(f[3]), Key = Text(f[4]),
                    Url = Text(f[5]), Image = f[6], SecretId = Text(f[7]), SecretKey = Text(f[8]) })) };
            case "client":
                using (var credentials = new Credentials(Text(f[5]), Text(f[6])))
                using (var client = new Client(new ClientOptions {
                    Cloud = "tencent", Endpoint = Text(f[0]), Credentials = credentials }))
                using (var recipient = Recipient.Parse(f[2]))
                {
                    var card = new Card { Image = f[4], Url = Text(f[3]), Side = Text(f[1]) };
                    return new[] { Bytes(client.Recognize(recipient, card)), Bytes(client.Recognize(recipient, card)) };
                }
            case "spin":
                using (var recipient = Recipient.Parse(f[0]))
                {
                    var plain = Bytes(new string('x', int.Parse(Text(f[1]))));
                    for (var round = int.Parse(Text(f[2])); round > 0; round--)
                    {
                        recipient.Seal(plain).Opener.Dispose();
                    }
                    return new byte[0][];
                }
            case "spin into":
                using (var recipient = Recipient.Parse(f[0]))
                {
                    var plain = Bytes(new string('x', int.Parse(Text(f[1]))));
                    byte[] buffer = null;
                    for (var round = int.Parse(Text(f[2])); round > 0; round--)
                    {
                        Opener opener;
                        recipient.SealInto(ref buffer, plain, out opener);
                        opener.Dispose();
                    }
                    return new byte[0][];
                }
            case "prepare":
                var made = Picture.Prepare(f[0], quality: 60);
                return new[] { made.Bytes, Bytes(made.Report) };
            default:
                throw new InvalidOperationException("no such verb: " + verb);
        }
    }

    private static void Main()
    {
        var input = new StreamReader(Console.OpenStandardInput(1 << 16), Encoding.ASCII, false, 1 << 16);
        var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true, NewLine = "\n" };
        for (string line; (line = input.ReadLine()) != null;)
        {
            var fields = line.Split('\t').Select(Unhex).ToArray();
            string first;
            IEnumerable<byte[]> words;
            try
            {
                words = Answer(Text(fields[0]), fields.Skip(1).ToArray());
                first = "ok";
            }
            catch (CardsealException error)
            {
                words = new[] { new[] { (byte)error.ExitCode }, Bytes(error.Kind.ToString().ToLowerInvariant()),
                    Bytes(error.Code), Bytes(error.RequestId), Bytes(error.Message),
                    error.GetOpenedText() };
                first = "error";
            }
            var shown = words.Select(word => word == null ? "-" : "=" + BitConverter.ToString(word).Replace("-", "").ToLowerInvariant());
            output.WriteLine(string.Join("\t", new[] { first }.Concat(shown)));
        }
    }
}
