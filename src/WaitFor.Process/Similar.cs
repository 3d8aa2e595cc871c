namespace WaitFor.Process;

/// <summary>Names that may have been meant.</summary>
public static class Similar
{
    /// <summary>The most similar of the names; of several alike, the newest version; null where none is similar.</summary>
    public static string? Nearest(string name, IEnumerable<string> names)
    {
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var other in names.OrderBy(Natural, StringComparer.Ordinal))
        {
            if (other != name && Distance(name, other) is { } distance && distance <= least)
                (nearest, least) = (other, distance);
        }

        return nearest;
    }

    /// <summary>How far apart two names are; 0 for the same name with another version suffix, else the number of edits; null where they are
    /// not similar.</summary>
    public static int? Distance(string name, string other)
    {
        if (Stem(name) is { Length: > 2 } stem && stem == Stem(other))
            return 0;
        // With more edits than a quarter of its letters it is another name.
        var limit = Math.Clamp(name.Length / 4, 1, 3);
        return Math.Abs(name.Length - other.Length) <= limit && Edits(name, other) is var edits && edits <= limit ? edits : null;
    }

    /// <summary>The name without its version: <c>db-migrate</c> of <c>db-migrate-v42</c>, <c>db-migrate-1.4.2</c> and
    /// <c>db-migrate-7f9c2ab</c>.</summary>
    private static string Stem(string name)
    {
        var dash = name.LastIndexOf('-');
        return dash > 0 && name.AsSpan(dash + 1).ContainsAnyInRange('0', '9') ? name[..dash] : name;
    }

    /// <summary>A key that sorts numbers by their value: v9 before v41.</summary>
    private static string Natural(string name)
    {
        const int longest = 20;
        var key = new System.Text.StringBuilder(name.Length + longest);
        for (var at = 0; at < name.Length; )
        {
            var end = at;
            while (end < name.Length && char.IsAsciiDigit(name[end]))
                end++;
            if (end > at)
                key.Append('0', Math.Max(0, longest - (end - at))).Append(name, at, end - at);
            else
                key.Append(name[end++]);
            at = end;
        }

        return key.ToString();
    }

    /// <summary>The edit distance of Levenshtein, with swapped neighbours as one edit.</summary>
    private static int Edits(string a, string b)
    {
        var rows = new int[a.Length + 1][];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i] = new int[b.Length + 1];
            rows[i][0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
            rows[0][j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var best = Math.Min(Math.Min(rows[i - 1][j], rows[i][j - 1]) + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, rows[i - 2][j - 2] + 1);
                rows[i][j] = best;
            }
        }

        return rows[a.Length][b.Length];
    }
}
