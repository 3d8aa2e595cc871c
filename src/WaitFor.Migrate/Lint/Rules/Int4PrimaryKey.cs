using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>int4-primary-key (style): a new primary key runs out of numbers.</summary>
internal sealed class Int4PrimaryKey : ILintRule
{
    private static readonly Rule Narrow = new(
        "int4-primary-key",
        Level.Notice,
        "A new primary key is an integer of four or two bytes, which runs out",
        "Use bigint or uuid"
    );

    public IReadOnlyList<Rule> Rules => [Narrow];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var (table, final, at) in Style.NewTables(rehearsal))
        {
            var key = final.Constraints.Values.FirstOrDefault(constraint => constraint.Relation == table.Oid && constraint.Kind == 'p');
            if (key is not { Columns: [var number] } || table.Columns[number] is not { Type: "integer" or "smallint" } column)
                continue;
            yield return Narrow.At(
                at,
                Style.Title(table, column),
                $"it is the primary key and {column.Type}: after {(column.Type == "integer" ? "2,147,483,647" : "32,767")} rows no INSERT "
                    + "succeeds",
                $"{SqlName.Of(column.Name)} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
            );
        }
    }
}
