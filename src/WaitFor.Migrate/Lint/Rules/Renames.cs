using System.Text.RegularExpressions;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>The names that a unit changes: PostgreSQL writes an expression with the names of the moment.</summary>
internal sealed partial class Renames
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    private Renames() { }

    /// <summary>The names of columns of a relation, of relations, functions, types and schemas.</summary>
    public static Renames Of(Unit unit, uint relation)
    {
        var renames = new Renames();
        foreach (var (_, before, after) in unit.Relations())
        {
            renames.Add(before.Name, after.Name);
            renames.Add(before.Schema, after.Schema);
        }

        foreach (var before in unit.Before.Routines.Values)
        {
            if (unit.After.Routines.TryGetValue(before.Oid, out var after))
                renames.Add(before.Name, after.Name);
        }

        foreach (var before in unit.Before.Types.Values)
        {
            if (unit.After.Types.TryGetValue(before.Oid, out var after))
                renames.Add(before.Name, after.Name);
        }

        if (unit.Before.Relations.TryGetValue(relation, out var was) && unit.After.Relations.TryGetValue(relation, out var now))
        {
            foreach (var column in was.Columns.Values)
            {
                if (now.Columns.TryGetValue(column.Number, out var other))
                    renames.Add(column.Name, other.Name);
            }
        }

        return renames;
    }

    /// <summary>An expression with the names after the unit.</summary>
    public string Apply(string expression) =>
        _names.Count == 0 ? expression : NamePattern().Replace(expression, match => _names.GetValueOrDefault(match.Value, match.Value));

    private void Add(string before, string after)
    {
        if (before != after)
            _names[before] = after;
    }

    [GeneratedRegex(@"[\p{L}_][\p{L}\p{Nd}_$]*")]
    private static partial Regex NamePattern();
}
