using WaitFor.Verdicts;

namespace WaitFor.Kinds;

/// <summary>The kinds that the gate knows without asking the server.</summary>
internal static class KnownKinds
{
    /// <summary>All of them; the first that goes by a name is meant.</summary>
    public static readonly IReadOnlyList<Kind> All =
    [
        new JobKind(),
        new PodKind(),
        new ServiceKind(),
        new DeploymentKind(),
        new StatefulSetKind(),
        new DaemonSetKind(),
        new ReplicaSetKind(),
        new ReplicationControllerKind(),
        new PersistentVolumeClaimKind(),
        new PersistentVolumeKind(),
        new NamespaceKind(),
        new NodeKind(),
        new CustomResourceDefinitionKind(),
        new ApiServiceKind(),
        .. PresentKind.All,
    ];

    /// <summary>The kind that a word means, in any of the forms that kubectl takes; null where it means none.</summary>
    public static Kind? Find(string word) => All.FirstOrDefault(kind => kind.IsCalled(word));

    /// <summary>The kind that the rules call so.</summary>
    public static Kind Of(TargetKind inRules) => All.First(kind => kind.InRules == inRules);
}
