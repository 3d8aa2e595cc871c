using System.Buffers;
using System.Text;

namespace WaitFor.Migrate.Sql;

/// <summary>Flyway's checksum of a script: CRC-32 over the UTF-8 text without a leading byte order mark and without any line end, as a
/// signed integer.</summary>
internal static class Checksum
{
    /// <summary>The polynomial of zlib's CRC-32, reversed.</summary>
    private const uint Polynomial = 0xEDB88320;

    /// <summary>What each byte does to the rest.</summary>
    private static readonly uint[] Table =
    [
        .. Enumerable
            .Range(0, 256)
            .Select(unit =>
            {
                var crc = (uint)unit;
                for (var bit = 0; bit < 8; bit++)
                    crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
                return crc;
            }),
    ];

    /// <summary>The checksum of a text.</summary>
    public static int Of(string text)
    {
        var characters = text.AsSpan(text.StartsWith('\uFEFF') ? 1 : 0);
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(characters));
        var crc = uint.MaxValue;
        foreach (var unit in buffer.AsSpan(0, Encoding.UTF8.GetBytes(characters, buffer)))
        {
            if (unit is (byte)'\r' or (byte)'\n')
                continue;
            crc = Table[(byte)(crc ^ unit)] ^ (crc >> 8);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return unchecked((int)~crc);
    }
}
