using System.Text;

namespace WaitFor.Migrate.Sql;

/// <summary>Encodings that differ from ISO-8859-1 in a few characters. The framework's table of code pages would make the binary larger
/// than this does.
/// <see href="https://encoding.spec.whatwg.org/#legacy-single-byte-encodings"/></summary>
/// <param name="name">Its name.</param>
/// <param name="first">The first byte that differs.</param>
/// <param name="characters">The characters from there on; U+FFFD where none is assigned.</param>
internal sealed class SingleByte(string name, byte first, string characters) : Encoding
{
    private const char None = '\uFFFD';

    /// <summary>The encoding of many an old editor on Windows: printable characters from 0x80 to 0x9F; five are not assigned.</summary>
    public static SingleByte Windows1252 { get; } =
        new(
            "windows-1252",
            0x80,
            "\u20AC\uFFFD\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\uFFFD\u017D\uFFFD"
                + "\uFFFD\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\uFFFD\u017E\u0178"
        );

    /// <summary>With the euro sign, from 0xA4 to 0xBE.</summary>
    public static SingleByte Latin9 { get; } =
        new(
            "ISO-8859-15",
            0xA4,
            "\u20AC\u00A5\u0160\u00A7\u0161\u00A9\u00AA\u00AB\u00AC\u00AD\u00AE\u00AF\u00B0\u00B1\u00B2\u00B3\u017D\u00B5\u00B6\u00B7\u017E"
                + "\u00B9\u00BA\u00BB\u0152\u0153\u0178"
        );

    public override string WebName => name;

    /// <summary>True where each byte is a character.</summary>
    public bool Has(ReadOnlySpan<byte> bytes)
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

    private char Character(byte unit) => unit >= first && unit - first < characters.Length ? characters[unit - first] : (char)unit;
}
