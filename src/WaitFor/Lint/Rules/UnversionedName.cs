using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>A Job whose name is the same in each release: it cannot be changed, and the last release's success opens the gate.</summary>
internal sealed class UnversionedName()
    : PatternRule(
        "unversioned-name",
        Level.Error,
        "The Job's name is the same in each release",
        "Put the release into the name, such as db-migrate-v42"
    )
{
    /// <summary>Parts of names with a digit that is no version.</summary>
    private static readonly HashSet<string> NoVersions =
    [
        "k8s", "k3s", "s3", "ec2", "auth0", "oauth2", "h2", "i18n", "l10n", "b2b", "b2c", "c2c", "p2p", "e2e", "web3", "pg15", "pg16",
        "pg17", "neo4j", "log4j", "x86", "amd64", "arm64", "utf8", "http2", "h264", "mp3", "mp4", "d3", "v8", "ipv4", "ipv6", "gp2", "gp3",
    ];

    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var job in pattern.Jobs.Where(job => job.Owner.Entry.Kind == "Job" && !job.Owner.Entry.NameIsGenerated()))
        {
            if (HasVersion(job))
                continue;
            var gates = Pairing.GatesOf(pattern, job);
            var recreated = new Stage(job.Owner.Entry).IsRecreated;
            var open = gates.Where(gate => gate.Program != GateProgram.MigrateWait && !gate.Arguments.Guarded).ToList();
            if (recreated && open.Count == 0)
                continue;
            var place = job.Owner.Entry.NamePlace();
            yield return recreated
                ? Found(
                    job.Owner.Entry,
                    place,
                    $"its name is the same in each release, and the gate in {open[0].Owner.Title} opens on the last release's Job "
                        + "until this one has replaced it",
                    $"put the release into the name, or say at the gate which Job counts: {Guard(job)}"
                )
                : Found(
                    job.Owner.Entry,
                    place,
                    "its name has neither the image's tag nor a number: the Job of the last release cannot be changed, and its success "
                        + "opens the gate",
                    $"put the release into the name, and into the gate: {job.Name}-{Suffix(job)}"
                );
        }
    }

    private static bool HasVersion(MigrationJob job)
    {
        var tag = ImageName.Parse(job.Container.Image)?.Tag;
        return !Look.IsKnown(job.Name)
            || (tag is not (null or "" or "latest") && ImageName.Has(job.Name, tag) && job.Name != tag)
            || job.Name.Split('-', '.').Any(part => part.Any(char.IsAsciiDigit) && !NoVersions.Contains(part));
    }

    private static string Guard(MigrationJob job) =>
        job.Container.Image.Length > 0 ? $"--expect-image {job.Container.Image}" : "--expect-label release=v42";

    private static string Suffix(MigrationJob job) =>
        ImageName.Parse(job.Container.Image) is { IsLatest: false, Tag: { Length: > 0 } tag } ? ImageName.Normal(tag) : "v42";
}
