using System.Buffers;
using System.Text;

namespace WaitFor.Migrate.Sql;

/// <summary>The encodings of scripts, by the names that Java has for them; each refuses what is not in it.
/// <see href="https://documentation.red-gate.com/fd/flyway-encoding-setting-277578936.html"/></summary>
internal static class Encodings
{
    /// <summary>What is known, for messages.</summary>
    public const string Known = "UTF-8, ISO-8859-1, ISO-8859-15, windows-1252, US-ASCII, UTF-16, UTF-16LE and UTF-16BE";

    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The encoding of a name; null where it is not known.</summary>
    public static Encoding? Of(string name) =>
        name.ToUpperInvariant().Replace('_', '-') switch
        {
            "UTF-8" or "UTF8" => Utf8,
            "ISO-8859-1" or "ISO8859-1" or "LATIN1" => Encoding.Latin1,
            "ISO-8859-15" or "ISO8859-15" or "LATIN9" or "LATIN-9" => SingleByte.Latin9,
            "WINDOWS-1252" or "CP1252" => SingleByte.Windows1252,
            "US-ASCII" or "ASCII" => Encoding.GetEncoding("us-ascii", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback),
            // As in Java: the byte order mark decides, and without one the high byte is first.
            "UTF-16" or "UTF-16BE" => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            "UTF-16LE" => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => null,
        };

    /// <summary>The text of a file.</summary>
    /// <exception cref="DecoderFallbackException">A byte is not in the encoding.</exception>
    public static string Decode(byte[] bytes, Encoding encoding) =>
        encoding is UnicodeEncoding && bytes is [0xFF, 0xFE, ..] ? Of("UTF-16LE")!.GetString(bytes) : encoding.GetString(bytes);

    /// <summary>The encoding that a file most likely has; null where none is likely.</summary>
    public static string? Guess(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            return "UTF-16";
        var odd = new List<byte>();
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out _, out var length) != OperationStatus.Done)
                odd.AddRange(bytes[..length]);
            bytes = bytes[length..];
        }

        // ISO-8859-1 has control characters there, windows-1252 the euro sign, dashes and quotes.
        return odd.Count == 0 ? "UTF-8"
            : !odd.Exists(unit => unit is >= 0x80 and <= 0x9F) ? "ISO-8859-1"
            : SingleByte.Windows1252.Has(odd.ToArray()) ? SingleByte.Windows1252.WebName
            : null;
    }
}
