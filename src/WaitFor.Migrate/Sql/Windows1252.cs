using System.Text;

namespace WaitFor.Migrate.Sql;

/// <summary>The encoding of many an old editor on Windows: ISO-8859-1 with printable characters from 0x80 to 0x9F. The framework's table of
/// code pages would make the binary larger than this does.
/// <see href="https://encoding.spec.whatwg.org/#legacy-single-byte-encodings"/></summary>
internal sealed class Windows1252 : Encoding
{
    /// <summary>Its name.</summary>
    public const string Name = "windows-1252";

    private const char None = '\uFFFD';

    /// <summary>The characters from 0x80 to 0x9F; five are not assigned.</summary>
    private const string High =
        "\u20AC\uFFFD\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\uFFFD\u017D\uFFFD"
        + "\uFFFD\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\uFFFD\u017E\u0178";

    public override string WebName => Name;

    /// <summary>True where each byte is a character.</summary>
    public static bool Has(ReadOnlySpan<byte> bytes)
    {
        foreach (var unit in bytes)
        {
            if (Character(unit) == None)
                return false;
        }

        return true;
    }

    public override int GetByteCount(char[] chars, int index, int count) => count;

    /// <summary>Not needed: files are only read.</summary>
    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        throw new NotSupportedException();

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    /// <exception cref="DecoderFallbackException">A byte is not assigned.</exception>
    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        for (var offset = 0; offset < byteCount; offset++)
        {
            var character = Character(bytes[byteIndex + offset]);
            if (character == None)
                throw new DecoderFallbackException(null, [bytes[byteIndex + offset]], byteIndex + offset);
            chars[charIndex + offset] = character;
        }

        return byteCount;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount;

    private static char Character(byte unit) => unit is >= 0x80 and <= 0x9F ? High[unit - 0x80] : (char)unit;
}
