namespace WaitFor.Kubernetes;

/// <summary>Sends a header as several lines. The framework joins the values of a header with commas, and the API server takes a joined
/// <c>Impersonate-Group</c> for one group with a comma in its name. So the lines are joined with a byte that no request has otherwise
/// (control characters are refused in these headers, and JSON escapes them), and this stream makes line ends of it.</summary>
internal sealed class RepeatedHeaders(Stream inner) : Stream
{
    /// <summary>Stands between the lines of a header.</summary>
    public const char LineEnd = '\u0001';

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(Lines(buffer.AsMemory(offset, count)).Span);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(Lines(buffer.AsMemory(offset, count)), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(Lines(buffer), cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private static ReadOnlyMemory<byte> Lines(ReadOnlyMemory<byte> sent)
    {
        var count = sent.Span.Count((byte)LineEnd);
        if (count == 0)
            return sent;
        var lines = new List<byte>(sent.Length + count);
        foreach (var one in sent.Span)
        {
            if (one == (byte)LineEnd)
                lines.AddRange("\r\n"u8);
            else
                lines.Add(one);
        }

        return lines.ToArray();
    }
}
