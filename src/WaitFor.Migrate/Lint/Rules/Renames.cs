using System.Text;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>The names that a unit changes: PostgreSQL writes an expression with the names of the moment.</summary>
internal sealed class Renames
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
    public string Apply(string expression)
    {
        if (_names.Count == 0)
            return expression;
        var text = new StringBuilder();
        for (var at = 0; at < expression.Length; )
        {
            var begin = at;
            while (at < expression.Length && (char.IsLetterOrDigit(expression[at]) || expression[at] is '_' or '$'))
                at++;
            if (at == begin)
                text.Append(expression[at++]);
            else
                text.Append(_names.GetValueOrDefault(expression[begin..at], expression[begin..at]));
        }

        return text.ToString();
    }

    private void Add(string before, string after)
    {
        if (before != after)
            _names[before] = after;
    }
}
