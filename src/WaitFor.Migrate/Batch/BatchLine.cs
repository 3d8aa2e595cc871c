using System.Globalization;
using WaitFor.Migrate.Sql;
using WaitFor.Process;

namespace WaitFor.Migrate.Batch;

/// <summary>Reads the comment line <c>-- migrate: batch table=users key=id size=1000 pause=50ms</c>.</summary>
internal sealed class BatchLine
{
    private const string Form = "-- migrate: batch table=users key=id";

    private static readonly string[] Names = ["table", "key", "size", "min", "max", "target", "pause", "max-lag", "max-waiting"];

    private readonly string _path;
    private readonly int _line;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private BatchLine(string path, int line) => (_path, _line) = (path, line);

    /// <summary>Reads the batch options of a script.</summary>
    /// <param name="path">The script, for messages.</param>
    /// <param name="text">Its text, with the placeholder of the batch as <see cref="BatchText.Marker"/>.</param>
    /// <returns>Null where the script has no such line.</returns>
    /// <exception cref="ScriptException">The line is wrong.</exception>
    public static BatchOptions? Read(string path, string text)
    {
        if (!text.Contains("migrate:", StringComparison.OrdinalIgnoreCase))
            return null;
        var marked = text.Contains(BatchText.Marker, StringComparison.Ordinal);
        var (found, number, at) = ((BatchLine?)null, 0, 0);
        IReadOnlyList<Statement>? statements = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var begin = at + (line.Length - line.TrimStart().Length);
            at = NextLine(text, at + line.Length);
            // Without a value and without ${batch} it is a sentence that happens to begin so, in a script that is older than this feature.
            if (Directive(line) is not { } rest || !(marked || rest.Contains('=')))
                continue;
            statements ??= Split(path, text);
            if (statements.Any(statement => begin >= statement.Offset && begin < statement.Offset + statement.Text.Length))
            {
                if (marked)
                    throw new ScriptException(
                        $"{path}, line {number}: the batch line is inside a statement; write it before the statement"
                    );
                continue;
            }

            if (InComment(text, statements, begin))
                continue;
            if (found is not null)
                throw new ScriptException(
                    $"{path}, line {number}: there is a batch line in line {found._line} already; a script has one, and one statement"
                );
            found = new BatchLine(path, number);
            found.Split(rest);
        }

        return found?.Options();
    }

    /// <summary>What follows <c>-- migrate: batch</c>; null for any other line.</summary>
    private static string? Directive(ReadOnlySpan<char> line)
    {
        var rest = line.TrimStart();
        if (!rest.StartsWith("--"))
            return null;
        rest = rest[2..].TrimStart();
        if (!rest.StartsWith("migrate:", StringComparison.OrdinalIgnoreCase))
            return null;
        rest = rest["migrate:".Length..].TrimStart();
        const string word = "batch";
        if (!rest.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            return null;
        return rest.Length == word.Length || char.IsWhiteSpace(rest[word.Length])
            ? rest[word.Length..].Trim().ToString()
            : null;
    }

    private static int NextLine(string text, int end) =>
        end >= text.Length ? end
        : text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2
        : end + 1;

    private static IReadOnlyList<Statement> Split(string path, string text)
    {
        try
        {
            return Splitter.Split(path, text);
        }
        catch (ScriptException)
        {
            // It is reported where the script is split for real.
            return [];
        }
    }

    private static bool InComment(string text, IReadOnlyList<Statement> statements, int at)
    {
        var begin = statements.Where(statement => statement.Offset < at).Select(statement => statement.Offset + statement.Text.Length)
            .LastOrDefault();
        var gap = text.AsSpan(begin, at - begin);
        return gap.LastIndexOf("/*") is >= 0 and var open && gap.LastIndexOf("*/") < open;
    }

    private void Split(string rest)
    {
        var at = 0;
        while (at < rest.Length)
        {
            if (char.IsWhiteSpace(rest[at]))
            {
                at++;
                continue;
            }

            var begin = at;
            var (quoted, depth) = (false, 0);
            for (; at < rest.Length && (quoted || depth > 0 || !char.IsWhiteSpace(rest[at])); at++)
            {
                if (rest[at] == '"')
                    quoted = !quoted;
                else if (!quoted)
                    depth += rest[at] switch { '(' => 1, ')' => -1, _ => 0 };
            }

            var word = rest[begin..at];
            if (quoted || depth != 0)
                throw Wrong($"{word}: a quote or parenthesis is not closed");
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? word : word[..equals];
            if (!Names.Contains(name, StringComparer.Ordinal))
                throw Wrong(
                    name.Length == 0 ? $"\"{word}\" has no name; write name=value, without blanks around ="
                    : $"there is no option {name}"
                        + (Similar.Nearest(name, Names) is { } near ? $"; write {near}" : $"; the options are {string.Join(", ", Names)}")
                );
            if (equals < 0 || equals == word.Length - 1)
                throw Wrong($"{name} has no value; write {name}=value, without blanks around =");
            if (!_values.TryAdd(name, word[(equals + 1)..]))
                throw Wrong($"{name} is given twice; give it once");
        }
    }

    private BatchOptions Options()
    {
        var (schema, table) = Table(_values.GetValueOrDefault("table") ?? throw Missing("table"));
        var key = Key(_values.GetValueOrDefault("key") ?? throw Missing("key"));
        var defaults = new BatchOptions { Table = table, Key = key, Line = _line };
        var size = Number("size", defaults.Size, 1, BatchOptions.Largest);
        var min = Number("min", Math.Min(defaults.Min, size), 1, BatchOptions.Largest);
        var max = Number("max", Math.Max(defaults.Max, size), 1, BatchOptions.Largest);
        if (min > max)
            throw Wrong($"min={min} is above max={max}");
        if (!_values.ContainsKey("size"))
            size = Math.Clamp(size, min, max);
        if (size < min || size > max)
            throw Wrong($"size={size} is not between min={min} and max={max}");
        return defaults with
        {
            Schema = schema,
            Size = size,
            Min = min,
            Max = max,
            Target = Duration("target", defaults.Target, BatchOptions.LongestTarget, zero: false),
            Pause = Duration("pause", defaults.Pause, BatchOptions.Longest, zero: true),
            MaxLag = Duration("max-lag", defaults.MaxLag, BatchOptions.Longest, zero: true),
            MaxWaiting = Number("max-waiting", defaults.MaxWaiting, 0, 1_000_000),
        };
    }

    private ScriptException Missing(string name) => Wrong($"{name} is missing; write {Form}");

    private (string? Schema, string Table) Table(string text)
    {
        var tokens = new Tokens(text);
        var first = tokens.Name();
        var second = first is not null && tokens.Take(".") ? tokens.Name() ?? "" : null;
        return first is { Length: > 0 } && second is not "" && tokens.Peek is null
            ? second is null ? (null, first) : (first, second)
            : throw Wrong($"table={text}: write a table, such as users, app.users or \"Users\"");
    }

    private List<KeyColumn> Key(string text)
    {
        var tokens = new Tokens(text);
        var several = tokens.Take("(");
        var key = new List<KeyColumn>();
        do
        {
            var qualifier = "";
            var name = tokens.Name();
            while (name is { Length: > 0 } && tokens.Take("."))
            {
                qualifier += Identifier.Quote(name) + ".";
                name = tokens.Name();
            }

            if (name is not { Length: > 0 })
                throw Unreadable();
            if (key.Exists(column => column.Name == name))
                throw Wrong($"key={text}: the column {name} is named twice");
            key.Add(new KeyColumn(qualifier, name));
        } while (several && tokens.Take(","));

        return (!several || tokens.Take(")")) && tokens.Peek is null ? key : throw Unreadable();

        ScriptException Unreadable() => Wrong($"key={text}: write a column, such as id, or more than one, such as (tenant, id)");
    }

    private int Number(string name, int otherwise, int least, int most) =>
        !_values.TryGetValue(name, out var text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw Wrong($"{name}={text}: write a whole number from {least} to {most}");

    private TimeSpan Duration(string name, TimeSpan otherwise, TimeSpan most, bool zero)
    {
        if (!_values.TryGetValue(name, out var text))
            return otherwise;
        if (!GoDuration.TryParse(text, out var duration, out var reason))
            throw Wrong($"{name}={text}: {reason}");
        if (duration > most || (duration == TimeSpan.Zero && !zero))
            throw Wrong($"{name}={text}: write a duration {(zero ? "up to" : "above 0s, up to")} {GoDuration.Format(most)}");
        return duration;
    }

    private ScriptException Wrong(string why) => new($"{_path}, line {_line}: batch: {why}");
}
