using WaitFor.Findings;
using WaitFor.Lint.Permissions;
using WaitFor.Lint.Reading;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>A gate whose service account may not do what the gate does, or a Job that may not write its completion record: compared
/// with the Roles and bindings of the manifests, right by right.</summary>
internal sealed class MissingPermission : IPatternRule
{
    private const string JobName =
        "add to the container:\nenv:\n- name: JOB_NAME\n  valueFrom:\n    fieldRef:\n      fieldPath: metadata.labels['job-name']";

    private static readonly Rule Rule = new(
        "missing-permission",
        Level.Error,
        "A service account lacks a permission that its gate or Job needs",
        "Bind the Role that wait-for rbac prints for the gate to its service account"
    );

    /// <inheritdoc/>
    public IReadOnlyList<Rule> Rules { get; } = [Rule];

    /// <inheritdoc/>
    public IEnumerable<Finding> Judge(Pattern pattern)
    {
        var grants = new Grants(pattern);
        var accounts = pattern
            .Objects.Where(entry => entry is { Kind: "ServiceAccount", ApiVersion: "v1" })
            .ToLookup(entry => new Account(entry.Namespace, entry.Name));
        var configMaps = pattern
            .Objects.Where(entry => entry is { Kind: "ConfigMap", ApiVersion: "v1" })
            .Select(entry => entry.Name)
            .ToHashSet(StringComparer.Ordinal);
        var findings = new List<Finding>();
        foreach (var gate in pattern.Gates.Where(gate => gate is { OtherIdentity: false, Problem: null }))
        {
            List<Need> needs = [.. Need.Of(gate, configMaps.Contains)];
            if (needs.Count > 0)
                findings.AddRange(Judge(new User(gate.Owner, gate.Container, gate.Place, "gate"), needs));
        }

        foreach (var job in pattern.Jobs)
        {
            if (job.Record is not { } record)
                continue;
            findings.AddRange(JudgeKey(job, record));
            if (record.ConfigMap is { } name)
                findings.AddRange(
                    Judge(
                        new User(job.Owner, job.Container, record.Place, "record"),
                        [Need.ToWrite(record.Namespace ?? job.Owner.Entry.Namespace, name, configMaps.Contains(name))]
                    )
                );
        }

        return Once(findings);

        IEnumerable<Finding> Judge(User user, List<Need> needs)
        {
            if (Tokens.Problem(user.Owner, user.Container, Of(user.Account).FirstOrDefault()) is { } token)
                return [Found(user.Owner, token.Place, Rule.Level, token.Message, token.Fix, token.File)];
            // Manifests that make an account are where its Role belongs too.
            if (!grants.Any && !Of(user.Account).Any())
                return [Unknown(user, needs)];
            return Compare(user, needs, grants, [.. accounts.Select(account => account.Key)]);
        }

        IEnumerable<ManifestEntry> Of(Account account) =>
            accounts[account].Concat(account.Namespace is null ? [] : accounts[account with { Namespace = null }]);
    }

    /// <summary>Nobody knows whether the Roles are elsewhere, or were forgotten.</summary>
    private static Finding Unknown(User user, List<Need> needs) =>
        Found(
            user.Owner,
            user.Place,
            Level.Notice,
            $"{user.Needs(needs)}, and there is no Role and no binding in these manifests",
            "lint them together with the manifests that have the Roles; this is needed:\n" + user.Yaml(needs)
        );

    private static IEnumerable<Finding> Compare(User user, List<Need> needs, Grants grants, List<Account> accounts)
    {
        var own = grants.Of(user.Account);
        var (denied, open) = (new List<Need>(), new List<Need>());
        foreach (var need in needs)
        {
            var way = need.Ways.FirstOrDefault(way => way.IsAllowed(own));
            if (way is null)
                (own.Any(grant => IsOpen(grant, grants) && need.Ways[0].Rights.Any(grant.IsWhere)) ? open : denied).Add(need);
            else if (way.Instead is { } instead)
                yield return Polls(user, need, way, instead, own);
        }

        if (denied.Count > 0)
            yield return Found(
                user.Owner,
                user.Place,
                Rule.Level,
                user.Lacks(denied.Select(need => need.Text("or"))),
                Denied.Fix(user, denied, grants, accounts)
            );
        if (open.Count == 0)
            yield break;
        var roles = own.Where(grant => IsOpen(grant, grants)).Select(grant => grant.Role).Distinct(StringComparer.Ordinal).ToList();
        yield return Found(
            user.Owner,
            user.Place,
            Level.Notice,
            $"{user.Needs(open)}, and {string.Join(" and ", roles)} of its binding is not in these manifests",
            "see that it allows this:\n" + User.Rules(open)
        );
    }

    /// <summary>Whether its role may be elsewhere, and allow anything.</summary>
    private static bool IsOpen(Grant grant, Grants grants) => grant.Policies is null && grants.Slip(grant) is null;

    private static Finding Polls(User user, Need need, Way way, string instead, IReadOnlyList<Grant> own)
    {
        var missing = need.Ways[0].Rights.Where(right => !own.Any(grant => grant.Allows(right))).ToList();
        var role = own.FirstOrDefault(grant => way.Rights.Any(grant.Allows));
        return Found(
            user.Owner,
            user.Place,
            Level.Notice,
            $"{user.Lacks([new Way(missing, null).Text("or")])}: {instead}",
            $"add to {role?.Role ?? "its Role"}:\n" + User.Rules(missing)
        );
    }

    private static IEnumerable<Finding> JudgeKey(MigrationJob job, CompletionRecordUse record)
    {
        if (record.Key is null)
            yield return Found(
                job.Owner,
                record.Place,
                Rule.Level,
                $"container {job.Container.Name}: --record has no key, as JOB_NAME is not set: migrate ends with 2",
                JobName
            );
        else if (
            job.Owner.Entry.Kind == "Job"
            && !record.Key.Contains(Variables.Unknown, StringComparison.Ordinal)
            && job.Owner.Entry.Node["metadata"]?["name"]?.Text is { } name
            && name != record.Key
        )
            yield return Found(
                job.Owner,
                record.Place,
                Rule.Level,
                $"container {job.Container.Name}: the record's key is {record.Key}, and a gate looks for the Job's name, {name}",
                JobName
            );
    }

    private static Finding Found(Workload owner, ManifestNode place, Level level, string message, string? fix, string? file = null) =>
        new(Rule.Name, level, file ?? owner.Entry.File, place.Line, place.Column, owner.Title, message, fix);

    /// <summary>A gate that waits for two Jobs is reported once.</summary>
    private static IEnumerable<Finding> Once(List<Finding> findings) => findings.Distinct();
}
