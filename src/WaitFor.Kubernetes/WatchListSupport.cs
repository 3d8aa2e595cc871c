using System.Globalization;
using System.Text.Json;

namespace WaitFor.Kubernetes;

/// <summary>What is known, in this run, about whether the server speaks WatchList (a watch with <c>sendInitialEvents</c>).
/// <see href="https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists"/></summary>
public sealed class WatchListSupport
{
    /// <summary>The first minor version that has the parameter; before it, a server ignores it in silence.</summary>
    private const int FirstMinor = 27;

    private readonly Func<CancellationToken, Task<Answer?>> _version;
    private volatile bool _missing;
    private volatile bool _asked;

    internal WatchListSupport(Func<CancellationToken, Task<Answer?>> version) => _version = version;

    /// <summary>True when the server was seen not to have it; for the rest of the run.</summary>
    public bool IsMissing
    {
        get => _missing;
        set => _missing = value;
    }

    /// <summary>Asks for the server's version, once: an old server would cost the time until its silence counts. A version that
    /// cannot be read says nothing.
    /// <see href="https://kubernetes.io/docs/reference/using-api/health-checks/"/></summary>
    /// <param name="cancel">Ends the call with an <see cref="OperationCanceledException"/>.</param>
    public async Task<bool> IsLikelyAsync(CancellationToken cancel)
    {
        if (!_missing && !_asked)
        {
            _missing = await _version(cancel) is { } answer && IsOld(answer.Json);
            _asked = true;
        }

        return !_missing;
    }

    private static bool IsOld(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var version = JsonDocument.Parse(json);
            // Some distributions write the minor version as "20+".
            return version.RootElement.ValueKind == JsonValueKind.Object
                && version.RootElement.TryGetProperty("major", out var major)
                && major is { ValueKind: JsonValueKind.String }
                && major.GetString() == "1"
                && version.RootElement.TryGetProperty("minor", out var minor)
                && minor is { ValueKind: JsonValueKind.String }
                && int.TryParse(minor.GetString()!.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number < FirstMinor;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
