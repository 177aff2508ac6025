// What a billed answer opened to that cannot be read: its error has it, and nothing that shows or writes the error does.
using System;
using System.Collections;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Formatters.Binary;
using System.Text;
using System.Threading;
using Cardseal;

internal static class Unread
{
    /// A card whose end is missing, under the right tag.
    private const string Cut = "{\"Name\":\"张三\",\"Sex\":\"男\",\"Nation\":\"汉\",\"Birth\":\"1990/3/7\",\"Address\":\"某省某市某路1号\",\"IdNum\":\"99010119900307123X\",\"Authority\":\"\",\"ValidDate\":\"\",\"AdvancedInfo\":\"{}\"";
    private const string Number = "99010119900307123X";
    private const string Stored =
        "{\"Algorithm\":\"SM4-GCM\",\"Key\":\"zf7Xi6bZTh+6J3NqUpdQGA==\",\"Iv\":\"biFnYHptigWTkjw9\"}";

    private static CardsealException Opened(string reply)
    {
        try
        {
            Opener.Restore(Test.Utf8(Stored)).Open(Test.Utf8(reply));
        }
        catch (CardsealException error)
        {
            return error;
        }
        throw new InvalidOperationException("it opened");
    }

    private static string Text(CardsealException error)
    {
        var text = error.GetOpenedText();
        return text == null ? "none" : Encoding.UTF8.GetString(text);
    }

    internal static void Check(string vectors)
    {
        var scenario = File.ReadAllText(vectors + "/scenarios/open/sm4-json-cut.txt");
        var reply = scenario.Substring(scenario.IndexOf("\n\n") + 2);
        var error = Opened(reply);
        Test.Check(error.Kind == ErrorKind.Protocol && error.ExitCode == 8, "the kind of what cannot be read");
        Test.Check(Text(error) == Cut, "what an answer opened to");
        Test.Check(Text(Opened("{}")) == "none", "an answer that does not open has none");
        GC.Collect();
        Test.Check(Text(Opened(reply)) == Cut && Text(error) == Cut, "each error has its own");
        // Empty is not none.
        var empty = File.ReadAllText(vectors + "/scenarios/open/sm4-json-empty.txt");
        Test.Check(Text(Opened(empty.Substring(empty.IndexOf("\n\n") + 2))) == "", "an answer that opened to nothing");

        var right = 0;
        var threads = Enumerable.Range(0, 8).Select(index => new Thread(() =>
        {
            for (var round = 0; round < 20; round++)
            {
                var even = (index + round) % 2 == 0;
                if (Text(Opened(even ? reply : "{}")) == (even ? Cut : "none"))
                {
                    Interlocked.Increment(ref right);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Test.Check(right == 160, "each thread has its own");

        Exception wrapped = new AggregateException("wrapped", error, new InvalidOperationException("again", error));
        var shown = new StringBuilder().Append(error).Append(wrapped).Append(error.Message).Append(error.StackTrace);
        // What writers of JSON and loggers collect.
        foreach (var property in error.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var value = property.GetValue(error, null);
            shown.Append(value);
            Test.Check(!(value is byte[]), "no property gives bytes: " + property.Name);
        }
        foreach (var field in error.GetType().GetFields())
        {
            shown.Append(field.GetValue(error));
        }
        foreach (DictionaryEntry entry in error.Data)
        {
            shown.Append(entry.Key).Append(entry.Value);
        }
        var info = new SerializationInfo(typeof(CardsealException), new FormatterConverter());
        error.GetObjectData(info, new StreamingContext());
        foreach (var entry in info)
        {
            shown.Append(entry.Name).Append(entry.Value);
            Test.Check(!(entry.Value is byte[]), "no bytes are serialized: " + entry.Name);
        }
        Test.Check(shown.ToString().Contains("CardsealException"), "the error is shown");
        Test.Check(!shown.ToString().Contains(Number), "what an answer opened to is shown by nothing");
        var stream = new MemoryStream();
        Test.Check(Test.Thrown(() => new BinaryFormatter().Serialize(stream, error)) == "SerializationException",
            "an error is not serialized");
        Test.Check(!Encoding.UTF8.GetString(stream.ToArray()).Contains(Number), "it is not written");
        Test.Check(Text(error) == Cut, "it is still there");
    }
}
