using WaitFor.Findings;

namespace WaitFor.Migrate.Lint.Rules;

/// <summary>drop-function: a function or procedure is gone, and none takes its calls.</summary>
internal sealed class DropFunction : ILintRule
{
    private static readonly Rule Dropped = new(
        "drop-function",
        Level.Error,
        "A function that the running release may call is dropped, or gets another signature",
        "Drop it in a later release, after no pod calls it; give a function with another signature another name"
    );

    public IReadOnlyList<Rule> Rules => [Dropped];

    public IEnumerable<Finding> Judge(Rehearsal rehearsal)
    {
        foreach (var unit in Unit.Of(rehearsal))
        {
            foreach (var was in unit.Before.Routines.Values)
            {
                if (
                    !unit.Origin.Routines.ContainsKey(was.Oid)
                    || unit.After.Routines.ContainsKey(was.Oid)
                    || Successors.Of(was, unit.After) is not null
                )
                    continue;
                var other = unit.After.Routines.Values.FirstOrDefault(routine =>
                    routine.Name == was.Name && routine.Schema == was.Schema && !unit.Before.Routines.ContainsKey(routine.Oid)
                );
                var returns = other?.Result is { } result ? $" returning {result}" : "";
                var word = was.Result is null ? "PROCEDURE" : "FUNCTION";
                yield return Dropped.At(
                    unit.Changing(catalog => catalog.Routines.ContainsKey(was.Oid)),
                    was.Title,
                    other is null
                        ? "it is dropped: statements of the running release that call it fail"
                        : $"it is created again as {other.Name}({other.Arguments}){returns}: "
                            + "calls of the running release may fail",
                    other is null
                        ? $"""
                        drop it in a later release, after no pod calls it; the script of that release says:
                        -- migrate: allow {Dropped.Name}  the last release that called {was.Name} is gone
                        DROP {word} {SqlName.Of(was)};
                        """
                        : $"""
                        keep it, and give the new one another name that the next release calls, or further arguments with a default:
                        CREATE {word} {SqlName.Of(was.Schema)}.{SqlName.Of(was.Name + "_v2")}(...) ...;
                        """
                );
            }
        }
    }
}
