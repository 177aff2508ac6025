// What a C# program can rely on of clients: kept connections, the collector, threads that end, pictures made to fit.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Cardseal;

/// A service that says no to every request, keeps connections open, and counts them.
internal sealed class Service
{
    private static readonly byte[] No = Encoding.UTF8.GetBytes(
        "{\"Response\":{\"Error\":{\"Code\":\"FailedOperation.ImageBlur\",\"Message\":\"m\"},\"RequestId\":\"r-1\"}}");

    private readonly TcpListener listener = new TcpListener(IPAddress.Loopback, 0);
    internal int Connections, Requests;

    internal Service()
    {
        listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    internal string Url
    {
        get { return "http://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port; }
    }

    private void Accept()
    {
        for (;;)
        {
            var socket = listener.AcceptSocket();
            Interlocked.Increment(ref Connections);
            new Thread(() => Serve(socket)) { IsBackground = true }.Start();
        }
    }

    private void Serve(Socket socket)
    {
        var text = "";
        var bytes = new byte[65536];
        for (;;)
        {
            int got;
            try
            {
                got = socket.Receive(bytes);
            }
            catch (SocketException)
            {
                return;
            }
            if (got == 0)
            {
                return;
            }
            text += Encoding.ASCII.GetString(bytes, 0, got);
            var head = text.IndexOf("\r\n\r\n");
            if (head < 0)
            {
                continue;
            }
            var length = text.Substring(0, head).ToLowerInvariant().Split('\n').First(line => line.StartsWith("content-length:"));
            if (text.Length < head + 4 + int.Parse(length.Substring(15).Trim()))
            {
                continue;
            }
            text = "";
            Interlocked.Increment(ref Requests);
            var answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + No.Length + "\r\n\r\n";
            socket.Send(Encoding.ASCII.GetBytes(answer).Concat(No).ToArray());
        }
    }
}

internal static class Clients
{
    private static readonly Card Card = new Card { Url = "https://h.example/card.jpg" };

    private static Client Of(Service service)
    {
        using (var credentials = new Credentials("id", "key", token: "token"))
        {
            return new Client(new ClientOptions { Cloud = "tencent", Endpoint = service.Url, Credentials = credentials });
        }
    }

    internal static void Check(Recipient recipient, string vectors)
    {
        var service = new Service();
        var client = Of(service);
        for (var round = 0; round < 5; round++)
        {
            try
            {
                client.Recognize(recipient, Card);
                Test.Check(false, "the service's no is thrown");
            }
            catch (CardsealException error)
            {
                Test.Check(error.Kind == ErrorKind.Service && error.ExitCode == 7, "the kind of the service's no");
                Test.Check(error.Code == "FailedOperation.ImageBlur" && error.RequestId == "r-1", "its code and request id");
            }
        }
        Test.Check(service.Requests == 5 && service.Connections == 1, "connections are kept between calls");

        // The collector at work, and nothing of a call in hand but the call itself.
        var sm2 = File.ReadAllBytes(vectors + "/keys/tencent-demo-sm2.b64");
        var right = 0;
        var threads = Enumerable.Range(0, 8).Select(index => new Thread(() =>
        {
            if (Test.Thrown(() => Of(service).Recognize(Recipient.Parse(sm2), Card)) == "Service 7")
            {
                Interlocked.Increment(ref right);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        threads.ForEach(thread => thread.Join());
        Test.Check(right == 8, "the collector takes nothing from under a call");

        // What a thread made outlives it; an exception of its own leaves the library whole.
        Opener made = null;
        var ending = new Thread(() =>
        {
            Test.Thrown(() =>
            {
                made = recipient.Seal(Test.Utf8("{}")).Opener;
                throw new InvalidOperationException("planted");
            });
        });
        ending.Start();
        ending.Join();
        Test.Check(Test.Thrown(() => made.Open(Test.Utf8("{}"))) == "Open 8", "an opener outlives its thread");

        // Disposed beside a call, which goes on.
        var closing = Of(service);
        var outcome = "";
        var caller = new Thread(() => outcome = Test.Thrown(() => closing.Recognize(recipient, Card)));
        caller.Start();
        closing.Dispose();
        caller.Join();
        Test.Check(outcome == "Service 7" || outcome == "ObjectDisposedException", "disposed beside a call: " + outcome);
        Test.Check(Test.Thrown(() => closing.Recognize(recipient, Card)) == "ObjectDisposedException", "a disposed client");
        Refused(service, client, recipient, sm2);
        client.Dispose();
        client.Dispose();
        Prepared(File.ReadAllBytes(vectors + "/../crates/prepare/tests/images/phone.jpg"));
    }

    private static void Refused(Service service, Client client, Recipient recipient, byte[] sm2)
    {
        var before = service.Requests;
        Func<string, ClientOptions> at = cloud => new ClientOptions { Cloud = cloud };
        Test.Check(Test.Thrown(() => new Client(at("nowhere"))) == "Input 2", "an unknown cloud");
        Test.Check(Test.Thrown(() => new Client(at(null))) == "Input 2", "no cloud");
        Test.Check(Test.Thrown(() => new Client(null)) == "ArgumentNullException", "no options");
        Test.Check(Test.Thrown(() => new Client(at("huawei"))) == "Input 2", "no project");
        Test.Check(Test.Thrown(() => new Credentials("", "key")) == "Credential 4", "no id");
        Test.Check(Test.Thrown(() => new Credentials("id", null)) == "ArgumentNullException", "null is no secret");
        Test.Check(Test.Thrown(() => new Credentials("id", "a\0b")) == "ArgumentException", "a zero in a secret");
        Test.Check(Test.Thrown(() => Credentials.OfEnvironment("nowhere")) == "Input 2", "nobody's credentials");
        var disposed = new Credentials("id", "hunter2");
        Test.Check(disposed.ToString() == "Cardseal.Credentials" && !typeof(Credentials).IsSerializable, "credentials show nothing");
        disposed.Dispose();
        var options = at("tencent");
        options.Credentials = disposed;
        Test.Check(Test.Thrown(() => new Client(options)) == "ObjectDisposedException", "disposed credentials");
        Test.Check(Test.Thrown(() => client.Recognize(null, Card)) == "Input 2", "no recipient");
        Test.Check(Test.Thrown(() => client.Recognize(recipient, null)) == "ArgumentNullException", "no card");
        Test.Check(Test.Thrown(() => client.Recognize(recipient, new Card())) == "Input 2", "no picture");
        Test.Check(Test.Thrown(() => client.Recognize(recipient, new Card { Image = new byte[0] })) == "Input 2", "an empty one");
        Test.Check(Test.Thrown(() => client.Recognize(recipient, new Card { Image = sm2, Url = Card.Url })) == "Input 2", "two");
        Test.Check(Test.Thrown(() => client.Recognize(recipient, new Card { Url = Card.Url, Side = "top" })) == "Input 2", "a side");
        var gone = Recipient.Parse(sm2);
        gone.Dispose();
        Test.Check(Test.Thrown(() => client.Recognize(gone, Card)) == "ObjectDisposedException", "a disposed recipient");
        Test.Check(service.Requests == before, "nothing of that was sent");
    }

    private static void Prepared(byte[] photo)
    {
        var made = Picture.Prepare(photo, quality: 60, maxSide: 4000);
        Test.Check(made.Report.Contains("\"changed\":true"), "a photo is changed");
        Test.Check(Picture.Prepare(made.Bytes).Bytes.SequenceEqual(made.Bytes), "what is ready stays");
        Test.Check(Test.Thrown(() => Picture.Prepare(null)) == "ArgumentNullException", "null is no picture");
        Test.Check(Test.Thrown(() => Picture.Prepare(Test.Utf8("text"))) == "Input 2", "text is no picture");
        Test.Check(Test.Thrown(() => Picture.Prepare(photo, quality: 0)) == "Input 2", "no quality");
    }
}
