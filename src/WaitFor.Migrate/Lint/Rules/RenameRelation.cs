using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>rename-table, rename-view and rename-sequence: a relation has another name, and no view with its columns has taken the old
/// one.</summary>
internal sealed class RenameRelation : ILintRule
{
    private static readonly Rule Table = Rule("table");
    private static readonly Rule View = Rule("view");
    private static readonly Rule Sequence = Rule("sequence");

    public IReadOnlyList<Rule> Rules => [Table, View, Sequence];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var (origin, before, after) in unit.Relations())
            {
                if (after.Name == before.Name || after.Name == origin.Name)
                    continue;
                var now = Successors.Of(origin, unit.After);
                var lacks = now is null ? null : Successors.Lacks(origin, now);
                // A view in place of the table serves reads, and writes too where it is as simple as that.
                if (now is { Kind: 'v' } && lacks is null)
                    continue;
                var rule = origin.Kind switch
                {
                    'v' or 'm' => View,
                    'S' => Sequence,
                    _ => Table,
                };
                yield return rule.At(
                    unit.Changing(catalog => catalog.Relations.GetValueOrDefault(origin.Oid)?.Name),
                    before.Title,
                    now is null ? $"it is renamed to {after.Name}: statements of the running release that name it fail"
                        : lacks is not null
                            ? $"it is renamed to {after.Name}, and a {now.Word} {lacks} takes its name: statements of the running release "
                                + "fail"
                        : $"it is renamed to {after.Name}, and another {now.Word} takes its name: views, foreign keys and "
                            + "permissions stay with "
                            + $"{after.Name}, and rows written meanwhile are not in the new one",
                    rule == Sequence
                        ? "leave its name: nothing that a user sees depends on it"
                        : $"""
                        leave a view of the old name for the running release, and drop it after no pod uses it:
                        ALTER {after.Word.ToUpperInvariant()} {SqlName.Of(before)} RENAME TO {SqlName.Of(after.Name)};
                        CREATE VIEW {SqlName.Of(before)} AS SELECT * FROM {SqlName.Of(after)};
                        """,
                    now is not null && lacks is null ? Level.Warning : Level.Error
                );
            }
        }
    }

    private static Rule Rule(string word) =>
        new(
            $"rename-{word}",
            Level.Error,
            $"A {word} that the running release may use gets another name",
            word == "sequence" ? "Leave its name" : "Leave a view of the old name in its place, and drop it after no pod uses it"
        );
}
