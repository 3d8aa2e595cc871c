using FsCheck;
using FsCheck.Fluent;
using WaitFor.Migrate.Sql;

namespace WaitFor.Migrate.Tests.Sql;

/// <summary>What holds for all scripts and histories.</summary>
public sealed class PlanPropertyTests
{
    private static readonly Gen<Script> AScript =
        from kind in Gen.Elements("V", "V", "V", "R", "B")
        from version in Gen.Choose(1, 9)
        from part in Gen.Choose(0, 3)
        from text in Gen.Elements("a", "b")
        select PlanTests.Script(kind == "R" ? $"R__{version}" : $"{kind}{version}.{part}__x", text);

    private static readonly Gen<List<Script>> Scripts = AScript
        .ListOf()
        .Select(scripts => scripts.DistinctBy(script => (script.Name.Kind, script.Name.Version, script.Name.Description)).ToList());

    private static readonly Gen<(List<Script> Scripts, List<Applied> History, bool OutOfOrder)> Cases =
        from scripts in Scripts
        from others in Gen.OneOf(Gen.Constant(new List<Script>()), Gen.Constant(new List<Script>()), Scripts)
        from outOfOrder in Gen.Elements(true, false)
        from marks in Gen.Elements("", "", "BASELINE", "SCHEMA", "DELETE")
        from fate in Gen.Choose(0, 9).ArrayOf(scripts.Count + others.Count)
        select (scripts, Rows([.. scripts, .. others], fate, marks), outOfOrder);

    [Fact]
    public void When_the_pending_scripts_are_applied_nothing_is_pending()
    {
        var ran = 0;
        Prop.ForAll(Cases.ToArbitrary(), tried =>
            {
                var plan = Plan.Make(tried.Scripts, tried.History, new PlanRules { OutOfOrder = tried.OutOfOrder });
                if (plan.Problems.Count > 0)
                    return true;
                ran += plan.Pending.Count;
                var rank = tried.History.Count;
                List<Applied> after =
                [
                    .. tried.History,
                    .. plan.Pending.Select(script =>
                        PlanTests.Row(++rank, script.Type, script.Name.Version, script.Stored, script.Path, script.Checksum)
                    ),
                ];
                var next = Plan.Make(tried.Scripts, after, new PlanRules { OutOfOrder = tried.OutOfOrder });
                return next.Pending.Count == 0 && next.Problems.Count == 0;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
        Assert.True(ran > 1_000, $"{ran} ran");
    }

    [Fact]
    public void A_database_gets_everything_in_the_order_of_the_versions()
    {
        Prop.ForAll(Cases.ToArbitrary(), tried =>
            {
                var plan = Plan.Make(tried.Scripts, tried.History, new PlanRules { OutOfOrder = tried.OutOfOrder });
                var order = plan
                    .Pending.Select(script =>
                        (Kind: script.Name.Kind == ScriptKind.Repeatable, script.Name.Version, script.Name.Description)
                    )
                    .ToList();
                return order.SequenceEqual(
                        order
                            .OrderBy(script => script.Kind)
                            .ThenBy(script => script.Version)
                            .ThenBy(script => script.Description, StringComparer.Ordinal)
                    )
                    && plan.Pending.Distinct().Count() == plan.Pending.Count
                    && plan.Lines.Count(line => line.Row is not null) == tried.History.Count;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void The_order_of_the_files_does_not_matter()
    {
        Prop.ForAll(Cases.ToArbitrary(), tried =>
            {
                var (one, other) = (
                    Plan.Make(tried.Scripts, tried.History, new PlanRules { OutOfOrder = tried.OutOfOrder }),
                    Plan.Make([.. Enumerable.Reverse(tried.Scripts)], tried.History, new PlanRules { OutOfOrder = tried.OutOfOrder })
                );
                return one.Pending.SequenceEqual(other.Pending)
                    && one.Problems.SequenceEqual(other.Problems)
                    && one.Lines.SequenceEqual(other.Lines);
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    private static List<Applied> Rows(List<Script> scripts, int[] fate, string mark)
    {
        var rows = new List<Applied>();
        if (mark is "BASELINE")
            rows.Add(PlanTests.Row(1, mark, MigrationVersion.Parse("3"), "base", "base", null));
        if (mark is "SCHEMA")
            rows.Add(PlanTests.Row(1, mark, null, "schema", "schema", null));
        foreach (var (script, lot) in scripts.Zip(fate).Where(pair => pair.Second < 5).DistinctBy(pair => pair.First.Path))
        {
            var type = lot == 4 ? "JDBC" : script.Type;
            rows.Add(
                PlanTests.Row(
                    rows.Count + 1,
                    type,
                    script.Name.Version,
                    script.Stored,
                    script.Path,
                    script.Checksum,
                    success: lot != 3 || mark.Length == 0
                )
            );
            if (mark is "DELETE" && lot == 2)
                rows.Add(PlanTests.Row(rows.Count + 1, mark, script.Name.Version, script.Stored, script.Path, script.Checksum));
        }

        return rows;
    }
}
