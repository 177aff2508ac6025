// Recognises the card in a picture: Recognize.exe KEY-FILE PICTURE [ENDPOINT]. The credentials come from the environment
// (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY).
using System;
using System.IO;
using Cardseal;

internal static class Recognize
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length < 2)
        {
            Console.Error.WriteLine("usage: Recognize.exe KEY-FILE PICTURE [ENDPOINT]");
            return 2;
        }
        try
        {
            Console.WriteLine(Ocr.Recognize(new RecognizeOptions
            {
                Cloud = "tencent",
                Key = File.ReadAllText(arguments[0]),
                Image = File.ReadAllBytes(arguments[1]),
                Endpoint = arguments.Length > 2 ? arguments[2] : null,
            }));
            return 0;
        }
        catch (CardsealException error)
        {
            Console.Error.WriteLine(error.Message);
            return error.ExitCode;
        }
    }
}
