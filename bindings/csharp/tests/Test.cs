// What a C# program can rely on. Every check is counted; the last line says how many held.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Cardseal;

internal static class Test
{
    private static int passed, failed;

    internal static void Check(bool holds, string what)
    {
        if (holds)
        {
            Interlocked.Increment(ref passed);
        }
        else
        {
            Interlocked.Increment(ref failed);
            Console.Error.WriteLine("not so: " + what);
        }
    }

    /// The kind and the exit code of what is thrown, or the name of another exception.
    internal static string Thrown(Action call)
    {
        try
        {
            call();
        }
        catch (CardsealException error)
        {
            return error.Kind + " " + error.ExitCode;
        }
        catch (Exception error)
        {
            return error.GetType().Name;
        }
        return "nothing";
    }

    internal static byte[] Utf8(string text)
    {
        return Encoding.UTF8.GetBytes(text);
    }

    private static byte[] Unhex(string text)
    {
        return Enumerable.Range(0, text.Length / 2).Select(at => Convert.ToByte(text.Substring(at * 2, 2), 16)).ToArray();
    }

    private static int Main(string[] arguments)
    {
        var vectors = arguments[0];
        var sm2 = File.ReadAllBytes(vectors + "/keys/tencent-demo-sm2.b64");
        var rsa = File.ReadAllBytes(vectors + "/keys/tencent-demo-rsa.b64");
        Check(Ocr.Version.StartsWith("0."), "the version");

        var recipient = Recipient.Parse(sm2);
        Check(recipient.Suite == "SM4-GCM", "an SM2 key chooses SM4-GCM");
        Check(Recipient.Parse(rsa).Suite == "AES-256-CBC", "an RSA key chooses AES-256-CBC");
        Check(Thrown(() => Recipient.Parse(Utf8("no key"))) == "Key 3", "what is no key is refused");
        Check(Thrown(() => Recipient.Parse(new byte[0])) == "Key 3", "nothing is no key");
        Check(Thrown(() => Recipient.Parse(null)) == "ArgumentNullException", "null is no key");

        // A body is sealed, and its answer opened once.
        var @sealed = recipient.Seal(Utf8("{\"a\":1}"));
        Check(Encoding.UTF8.GetString(@sealed.Body).StartsWith("{\"EncryptedBody\":\""), "the body to send");
        Check(Thrown(() => @sealed.Opener.Open(null)) == "ArgumentNullException", "null is no reply, and uses nothing");
        Check(Thrown(() => @sealed.Opener.Open(Utf8("{}"))) == "Open 8", "what is no answer is not opened");
        Check(Thrown(() => @sealed.Opener.Open(Utf8("{}"))) == "Input 2", "an opener is used once");
        Check(Thrown(() => @sealed.Opener.Store()) == "Input 2", "a used opener is not stored");
        Check(Thrown(() => recipient.Seal(new byte[0]).Opener.Open(new byte[0])) == "Protocol 8", "nothing is no reply");

        // Many bodies need the memory of one.
        byte[] buffer = null;
        Opener kept;
        var length = recipient.SealInto(ref buffer, Utf8("{\"a\":1}"), out kept);
        kept.Dispose();
        Check(length == buffer.Length && Encoding.UTF8.GetString(buffer).EndsWith("}}"), "a body in an array of its length");
        var before = buffer;
        Check(recipient.SealInto(ref buffer, Utf8("{}"), out kept) <= length && buffer == before, "the array is kept");
        Check(recipient.SealInto(ref buffer, new byte[4096], out kept) > length && buffer != before, "one too short is replaced");

        // The samples of the service's guide.
        foreach (var name in new[] { "sm4", "aes" })
        {
            var text = File.ReadAllText(vectors + "/scenarios/open/" + name + "-opens-guide-sample.txt");
            var end = text.IndexOf("\n\n");
            var headers = text.Substring(0, end).Split('\n').Select(line => line.Split(new[] { ": " }, 2, StringSplitOptions.None))
                .ToDictionary(pair => pair[0], pair => pair[1]);
            var key = Convert.ToBase64String(Unhex(headers["key"]));
            var stored = "{\"Algorithm\":\"" + headers["algorithm"] + "\",\"Key\":\"" + key + "\",\"Iv\":\""
                + Convert.ToBase64String(Unhex(headers["iv"])) + "\"}";
            var opened = Opener.Restore(Utf8(stored)).Open(Utf8(text.Substring(end + 2)));
            Check(opened.SequenceEqual(Convert.FromBase64String(headers["plaintext"])), "the guide's sample opens: " + name);
            var opener = Opener.Restore(Utf8(stored));
            Check(opener.ToString() == "Cardseal.Opener" && !typeof(Opener).IsSerializable, "an opener shows nothing");
            Check(Encoding.UTF8.GetString(opener.Store()).Contains(key), "an opener is stored");
        }
        Check(Thrown(() => Opener.Restore(Utf8("{}"))) == "Input 2", "what is no opener is not restored");

        Unread.Check(vectors);

        // The service's no.
        try
        {
            recipient.Seal(Utf8("{}")).Opener.Open(Utf8(
                "{\"Response\":{\"Error\":{\"Code\":\"FailedOperation.ImageBlur\",\"Message\":\"m\"},\"RequestId\":\"r-1\"}}"));
            Check(false, "the service's no is thrown");
        }
        catch (CardsealException error)
        {
            Check(error.Kind == ErrorKind.Service && error.ExitCode == 7, "the kind of the service's no");
            Check(error.Code == "FailedOperation.ImageBlur" && error.RequestId == "r-1", "its code and request id");
        }

        // The published example of a signature.
        var folder = vectors + "/sign/tc3-hmac-sha256/t1-documentation-2019";
        var request = File.ReadAllBytes(folder + "/request.txt");
        var time = DateTimeOffset.FromUnixTimeSeconds(1551113065);
        Func<string, string, string> sign = (scheme, id) =>
            Ocr.Sign(scheme, request, id, "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", time, "content-type", "host");
        var signature = File.ReadAllText(folder + "/signature.txt");
        var example = sign("tc3-hmac-sha256", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE");
        Check(example.Contains("\"signature\":\"" + signature + "\""), "the signature as published");
        Check(Thrown(() => sign("rot13", "id")) == "Input 2", "an unknown scheme");
        Check(Thrown(() => sign("tc3-hmac-sha256", "")) == "Credential 4", "no id");
        Check(Thrown(() => sign("tc3-hmac-sha256", "a\0b")) == "ArgumentException", "a zero in a text");
        Check(Thrown(() => sign("tc3-hmac-sha256", null)) == "ArgumentNullException", "null is no id");

        // What is wrong with a call is told before anything is sent.
        var options = new RecognizeOptions { Cloud = "nowhere" };
        Check(Thrown(() => Ocr.Recognize(options)) == "Input 2", "an unknown cloud");
        Check(Thrown(() => Ocr.Recognize(null)) == "ArgumentNullException", "no options");
        options = new RecognizeOptions { Cloud = "tencent", Url = "https://h.example/a" };
        Check(Thrown(() => Ocr.Recognize(options)) == "Input 2", "no key");
        options.Key = "no \"key\"\\\n";
        Check(Thrown(() => Ocr.Recognize(options)) == "Key 3", "a key that is none");
        options.Key = Encoding.ASCII.GetString(sm2);
        options.SecretId = "i";
        options.SecretKey = "k";
        options.Endpoint = "http://127.0.0.1:1";
        options.Timeout = TimeSpan.FromSeconds(2);
        Check(Thrown(() => Ocr.Recognize(options)) == "Transport 5", "nobody there");
        Check(Thrown(() => Ocr.RecognizeAsync(options).GetAwaiter().GetResult()) == "Transport 5", "nobody there, later");
        options.Image = Utf8("BM");
        Check(Thrown(() => Ocr.Recognize(options)) == "Input 2", "two pictures");
        var cancelled = new CancellationToken(true);
        Check(Thrown(() => Ocr.RecognizeAsync(options, cancelled).GetAwaiter().GetResult()) == "TaskCanceledException",
            "a call that was cancelled does not begin");

        Clients.Check(recipient, vectors);

        // Threads share a recipient, under a collector at work, and each has its own error.
        var threads = Enumerable.Range(0, 8).Select(index => new Thread(() =>
        {
            var right = 0;
            for (var round = 0; round < 50; round++)
            {
                var reply = Utf8(index % 2 == 0 ? "{}" : "[");
                var kind = Thrown(() => recipient.Seal(Utf8("{}")).Opener.Open(reply));
                right += kind == (index % 2 == 0 ? "Open 8" : "Protocol 8") ? 1 : 0;
                if (round % 10 == 0)
                {
                    GC.Collect();
                }
            }
            Check(right == 50, "each thread has its own error");
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        // One opener in many threads opens for one of them.
        var one = recipient.Seal(Utf8("{}")).Opener;
        var kinds = new List<string>();
        threads = Enumerable.Range(0, 8).Select(index => new Thread(() =>
        {
            var kind = Thrown(() => one.Open(Utf8("{}")));
            lock (kinds)
            {
                kinds.Add(kind);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Check(kinds.Count(kind => kind == "Open 8") == 1 && kinds.Count(kind => kind == "Input 2") == 7, "one of eight opens");

        // What is forgotten is freed, and what is disposed is refused.
        for (var round = 0; round < 200; round++)
        {
            recipient.Seal(Utf8("{}"));
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var last = recipient.Seal(Utf8("{}")).Opener;
        last.Dispose();
        last.Dispose();
        Check(Thrown(() => last.Open(Utf8("{}"))) == "Input 2", "a disposed opener is refused");
        recipient.Dispose();
        recipient.Dispose();
        Check(Thrown(() => recipient.Seal(Utf8("{}"))) == "ObjectDisposedException", "a disposed recipient is refused");

        Console.WriteLine(passed + " passed, " + failed + " failed");
        return failed == 0 ? 0 : 1;
    }
}
