using WaitFor.Verdicts.State;

namespace WaitFor.Verdicts;

/// <summary>The stale guard: an object that does not carry the expected labels or image is the last release's, whatever its
/// state.</summary>
public static class StaleRules
{
    /// <summary>True where something does not match.</summary>
    public static bool IsStale(Expectation expected, IObjectState state) => Mismatch(expected, state) is not null;

    /// <summary>What does not match, with both values; null when all match.</summary>
    public static string? Mismatch(Expectation expected, IObjectState state)
    {
        foreach (var (key, value) in expected.Labels)
        {
            var found = state.Metadata?.Labels?.GetValueOrDefault(key);
            if (found != value)
                return $"stale: label {key} is {(found is null ? "not set" : $"\"{found}\"")}, expected \"{value}\"";
        }

        // Compared as written, with every container and init container; one match is enough.
        var images = state.Images.ToList();
        if (expected.Images.Count == 0 || expected.Images.Any(image => images.Contains(image, StringComparer.Ordinal)))
            return null;
        var described = images.Count == 0 ? "not set" : string.Join(", ", images);
        return $"stale: image is {described}, expected {string.Join(" or ", expected.Images)}";
    }

    /// <summary>The verdict when everything that matches a selector is stale: it exists, so it is not missing.</summary>
    public static Verdict AllStale(Expectation expected, IReadOnlyCollection<IObjectState> states)
    {
        var first = states.OrderBy(state => state.Name(), StringComparer.Ordinal).First();
        return Verdict.Pending(VerdictCode.Stale, $"all {states.Count} that match are stale; {first.Name()}: {Mismatch(expected, first)}");
    }
}
