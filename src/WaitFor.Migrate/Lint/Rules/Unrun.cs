using WaitFor.Findings;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>Judges by their text the statements that <c>--quick</c> does not run, as their locks would hold up others: what PostgreSQL
/// would have shown of them, by the rules' names. Only what the text says for certain is reported.</summary>
internal sealed class Unrun : ILintRule
{
    /// <summary>None of its own.</summary>
    public IReadOnlyList<Rule> Rules => [];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var observation in rehearsal.Observations)
        {
            if (observation.Ran || Traits.Of(observation.Statement) != Surroundings.Any)
                continue;
            var tokens = new Tokens(observation.Statement.Text);
            var verb = tokens.Next();
            _ = tokens.Take("table");
            if (tokens.Take("if"))
                _ = tokens.Take("exists");
            _ = tokens.Take("only");
            if (Kinds.Table(tokens, observation.Before) is not { } table || !rehearsal.Origin.Relations.ContainsKey(table.Oid))
                continue;
            _ = tokens.Take("*");
            var found = verb == "alter" ? Actions(tokens).SelectMany(action => OfAction(table, action)) : OfVerb(verb, table);
            foreach (var (rule, title, message, level) in found)
                yield return LintRules
                    .Known.Single(known => known.Name == rule)
                    .At(observation, title, $"{message} (judged by its text: --quick did not run it)", level: level);
        }
    }

    private static IEnumerable<(string Rule, string Title, string Message, Level? Level)> OfVerb(string? verb, Relation table) =>
        verb switch
        {
            "drop" => [("drop-table", table.Title, "it is dropped: statements of the running release that name it fail", null)],
            "truncate" => [("truncate", table.Title, "all its rows are removed", null)],
            "cluster" => [("rewrite", table.Title, "it is rewritten under ACCESS EXCLUSIVE: nobody can read or write it meanwhile", null)],
            "reindex" =>
            [
                ("reindex-not-concurrent", table.Title, "its indexes are built again: nobody can write to the table meanwhile", null),
            ],
            _ => [],
        };

    private static IEnumerable<(string Rule, string Title, string Message, Level? Level)> OfAction(Relation table, List<string> action)
    {
        var words = action.Where(word => word is not ("column" or "if" or "exists")).ToList();
        var name = words.Count > 1 ? new Tokens(words[1]).Name() : null;
        var column = table.Columns.Values.FirstOrDefault(column => column.Name == name);
        var title = column is null ? table.Title : $"column {table.Schema}.{table.Name}.{column.Name}";
        switch (words)
        {
            case ["drop", not "constraint", ..] when column is not null:
                yield return ("drop-column", title, "it is dropped: statements of the running release that name it fail", null);
                break;
            case ["rename", _, "to", var other] when column is not null:
                yield return ("rename-column", title, $"it is renamed to {other}: the running release does not find it", null);
                break;
            case ["rename", "to", var other]:
                yield return ("rename-table", title, $"it is renamed to {other}: the running release does not find it", null);
                break;
            case ["set", "schema", var schema]:
                yield return ("move-schema", table.Title, $"it moves to schema {schema}: the running release does not find it", null);
                break;
            case ["alter", _, "type", ..] or ["alter", _, "set", "data", "type", ..] when column is not null:
                yield return ("change-type", title, "its type changes: the running release may fail to read or write it", Level.Warning);
                break;
            case ["alter", _, "set", "not", "null"] when column is { NotNull: false }:
                yield return ("set-not-null", title, "it becomes NOT NULL: statements of the running release that write null fail", null);
                break;
            case ["alter", _, "drop", "not", "null"] when column is { NotNull: true }:
                yield return ("drop-not-null", title, "it takes null now, which the running release may not expect to read", null);
                break;
            case ["alter", _, "drop", "default"] when column is { Default: not null, Generated: ' ' }:
                yield return ("drop-default", title, "its default is dropped: INSERTs of the running release may rely on it", null);
                break;
            case ["owner", "to", var owner] when owner != table.Owner:
                yield return ("owner-changed", table.Title, $"its owner becomes {owner}, was {table.Owner}", null);
                break;
            case ["enable", "row", "level", "security"] when !table.RowSecurity:
                yield return ("row-security-enabled", table.Title, "row security is enabled: without a policy no row is seen", null);
                break;
            case ["detach", "partition", ..]:
                yield return ("detach-not-concurrent", table.Title, "a partition of it is detached without CONCURRENTLY", null);
                break;
            case ["add", "constraint" or "check" or "unique" or "foreign" or "primary" or "exclude", ..]:
                var safe = words is [.., "not", "valid"] || words.Contains("using") && words.Contains("index");
                yield return (
                    "new-constraint",
                    table.Title,
                    "it gets a constraint: writes of the running release that break it fail",
                    safe ? Level.Notice : Level.Warning
                );
                if (!safe)
                    yield return ("blocking-lock", table.Title, "it is locked while the constraint is checked or its index is built", null);
                break;
            case ["add", ..] when column is null && IsRequired(words):
                yield return (
                    "not-null-without-default",
                    $"column {table.Schema}.{table.Name}.{name}",
                    "it is new, NOT NULL and without a default: INSERTs of the running release fail",
                    null
                );
                break;
            default:
                break;
        }
    }

    private static bool IsRequired(List<string> words)
    {
        var required = words.Contains("primary");
        for (var index = 0; index + 1 < words.Count; index++)
            required |= words[index] == "not" && words[index + 1] == "null";
        return required
            && !words.Contains("default")
            && !words.Contains("generated")
            && !words.Exists(word => word is "serial" or "bigserial" or "smallserial");
    }

    /// <summary>The actions of an ALTER TABLE, which commas outside of parentheses end.</summary>
    private static IEnumerable<List<string>> Actions(Tokens tokens)
    {
        var (action, depth) = (new List<string>(), 0);
        while (tokens.Next() is { } token)
        {
            depth += token switch
            {
                "(" => 1,
                ")" => -1,
                _ => 0,
            };
            if (token == "," && depth == 0)
            {
                yield return action;
                action = [];
            }
            else
            {
                action.Add(token);
            }
        }

        yield return action;
    }
}
