using WaitFor.Findings;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>A migration that is given another database than the service, and two that share a user. Only what the manifests say is
/// compared.</summary>
internal sealed class DifferentConfiguration : IPatternRule
{
    private static readonly Rule Different = new(
        "different-configuration",
        Level.Error,
        "The configuration of migration and service names different databases",
        "Take host, port and database from one ConfigMap or Secret in both"
    );

    private static readonly Rule Same = new(
        "same-role",
        Level.Notice,
        "The migration and the service connect as the same database user",
        "Give the migration its own role, which owns the schema"
    );

    /// <summary>Migrations go around a pooler on purpose.</summary>
    private static readonly string[] Poolers = ["bouncer", "pool", "pgcat", "proxy", "odyssey", "supavisor"];

    /// <inheritdoc/>
    public IReadOnlyList<Rule> Rules { get; } = [Different, Same];

    /// <inheritdoc/>
    public IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var job in pattern.Jobs)
        {
            var variables = new ContainerVariables(pattern, job.Owner, job.Container);
            var migration = DatabasePlace.Of(variables, job.Container);
            foreach (var owner in Pairing.ServicesOf(pattern, job))
            {
                foreach (var container in owner.ServiceContainers(pattern))
                {
                    var own = new ContainerVariables(pattern, owner, container);
                    var service = DatabasePlace.Of(own, container);
                    foreach (var finding in Compare(job, migration, owner, container, service))
                        yield return finding;
                    if (SharedUser(migration, service, variables, own) is { } shared)
                        yield return new Finding(
                            Same.Name,
                            Same.Level,
                            owner.Entry.File,
                            shared.Place.Line,
                            shared.Place.Column,
                            owner.Entry.Title(),
                            $"container {container.Name} and {job.Owner.Title} connect as the same database user ({shared.From})",
                            "give the migration its own role, which owns the schema, so that the service cannot change it"
                        );
                }
            }
        }
    }

    private static IEnumerable<Finding> Compare(
        MigrationJob job,
        IReadOnlyList<PartValue> migration,
        Workload owner,
        LintContainer container,
        IReadOnlyList<PartValue> service
    )
    {
        var pooled = migration.Concat(service).Any(IsPooler);
        foreach (var part in new[] { DatabasePart.Host, DatabasePart.Port, DatabasePart.Database, DatabasePart.Url })
        {
            var (ours, theirs) = (Values(migration, part), Values(service, part));
            if (ours.Count == 0 || theirs.Count == 0 || (pooled && part is DatabasePart.Host or DatabasePart.Port))
                continue;
            if (Difference(part, ours, theirs) is not var (level, mine, its))
                continue;
            var word = part == DatabasePart.Url ? "connection string" : part.ToString().ToLowerInvariant();
            yield return new Finding(
                Different.Name,
                level,
                owner.Entry.File,
                its.Variable.Place.Line,
                its.Variable.Place.Column,
                owner.Entry.Title(),
                level == Level.Error
                    ? $"container {container.Name} takes its {word} from {From(its)}, and {job.Owner.Title} from {From(mine)}: "
                        + "the migration changes another database than the service uses"
                    : $"container {container.Name} takes its {word} from {From(its)}, and {job.Owner.Title} from {From(mine)}: "
                        + "the manifests do not show whether both are the same database",
                level == Level.Error
                    ? "take host, port and database from one ConfigMap in both (envFrom), and only user and password from two Secrets"
                    : "keep host, port and database in a ConfigMap that both read, and only user and password in the Secrets"
            );
        }
    }

    private static List<PartValue> Values(IReadOnlyList<PartValue> all, DatabasePart part) => [.. all.Where(value => value.Part == part)];

    /// <summary>How two sets of values differ; null where they agree, or nothing can be known.</summary>
    private static (Level Level, PartValue Mine, PartValue Its)? Difference(DatabasePart part, List<PartValue> ours, List<PartValue> theirs)
    {
        var (known, others) = (ours.FindAll(value => value.Text is not null), theirs.FindAll(value => value.Text is not null));
        if (known.Count > 0 && others.Count > 0)
            return known.Exists(value => others.Exists(other => IsSame(part, value.Text!, other.Text!)))
                ? null
                : (Level.Error, known[0], others[0]);
        // From here on only sources can be compared, and only where no value is known at all.
        if (known.Count > 0 || others.Count > 0 || ours.Exists(value => theirs.Exists(other => Source(value) == Source(other))))
            return null;
        var oneSource = ours.Exists(value => theirs.Exists(other => value.Variable.Source == other.Variable.Source));
        return (oneSource && part != DatabasePart.Url ? Level.Error : Level.Notice, ours[0], theirs[0]);
    }

    private static (string?, string?) Source(PartValue value) => (value.Variable.Source, value.Variable.Key);

    /// <summary>A Service has a short name, and one with its namespace.</summary>
    private static bool IsSame(DatabasePart part, string one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase)
        || (
            part == DatabasePart.Host
            && (
                one.StartsWith(other + ".", StringComparison.OrdinalIgnoreCase)
                || other.StartsWith(one + ".", StringComparison.OrdinalIgnoreCase)
            )
        );

    private static bool IsPooler(PartValue value) =>
        (value.Part == DatabasePart.Port && value.Text == "6432")
        || (value.Part == DatabasePart.Host && Poolers.Any(word => value.Text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true));

    /// <summary>Where a value comes from; a value itself only where it is plain and no secret.</summary>
    private static string From(PartValue value) =>
        value.Variable switch
        {
            { Source: { } source, Key: { } key } when source.StartsWith("Secret ", StringComparison.Ordinal) || value.Text is null =>
                $"key {key} of {source}",
            { Source: { } source } => $"{value.Variable.Name} = {value.Text} in {source}",
            _ => $"{value.Variable.Name} ({value.Text})",
        };

    private static (ManifestNode Place, string From)? SharedUser(
        IReadOnlyList<PartValue> migration,
        IReadOnlyList<PartValue> service,
        ContainerVariables variables,
        ContainerVariables own
    )
    {
        var theirs = service.Where(IsUser).ToList();
        foreach (var value in migration.Where(IsUser))
        {
            if (theirs.Find(other => Source(other) == Source(value) && value.Variable.Source is not null) is { } shared)
                return (shared.Variable.Place, $"key {shared.Variable.Key} of {shared.Variable.Source}");
            if (theirs.Find(other => other.Text is not null && other.Text == value.Text) is { } equal)
                return (
                    equal.Variable.Place,
                    equal.Variable.Source is { } source ? $"{equal.Variable.Name} in {source}" : equal.Variable.Name
                );
        }

        // Nothing is known of the users but that both come from one Secret.
        return !migration.Any(IsUser)
            && theirs.Count == 0
            && variables.UnknownSources is [var one]
            && own.UnknownSources is [var other]
            && one.Source == other.Source
            && one.Source.StartsWith("Secret ", StringComparison.Ordinal)
            ? (other.Place, $"all of {one.Source}")
            : null;

        static bool IsUser(PartValue value) => value.Part is DatabasePart.User or DatabasePart.Url;
    }
}
