using WaitFor.Report.Hints;
using WaitFor.Verdicts.Tests;
using static WaitFor.Tests.Report.HintRow;

namespace WaitFor.Tests.Report;

/// <summary>What keeps containers from starting.</summary>
public sealed class PodStartHintTests
{
    internal static readonly HintRow[] Table =
    [
        new(
            "an image does not exist",
            () => Scene.Of("job-image-pull-error"),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ImagePullBackOff)",
                "Push the image, or correct its name and tag."
            )
        ),
        new(
            "an image cannot be read",
            () =>
                Scene
                    .Of("job-image-pull-error")
                    .Pod(pod =>
                        pod.With(
                            "status.containerStatuses.0.state",
                            Waiting("ErrImagePull", "failed to authorize: 401 Unauthorized: authentication required")
                        )
                    ),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ErrImagePull)",
                "Give the pod an imagePullSecret that can read this repository, or correct the image's name."
            )
        ),
        new(
            "a registry cannot be reached",
            () =>
                Scene
                    .Of("job-image-pull-error")
                    .Pod(pod =>
                        pod.With(
                            "status.containerStatuses.0.state",
                            Waiting("ErrImagePull", "dial tcp: lookup registry.shop.test: no such host")
                        )
                    ),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ErrImagePull)",
                "Make the registry reachable from node node1, or correct the image's name."
            )
        ),
        new(
            "an image with a wrong name",
            () =>
                Scene
                    .Of("job-image-pull-error")
                    .Pod(pod =>
                        pod.With(
                            "status.containerStatuses.0.state",
                            Waiting("InvalidImageName", "Failed to apply default image tag \"Shop:1\": invalid reference format")
                        )
                    ),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (InvalidImageName)",
                "Correct the image name of container migrate."
            )
        ),
        new(
            "an older kubelet: the back-off does not say why, the event does",
            () =>
                Scene
                    .Of("job-image-pull-error")
                    .Pod(pod => pod.With("status.containerStatuses.0.state", Waiting("ImagePullBackOff", "Back-off pulling image")))
                    .Event("Failed", "Failed to pull image \"x\": pull access denied"),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ImagePullBackOff)",
                "Give the pod an imagePullSecret that can read this repository, or correct the image's name."
            )
        ),
        new(
            "too many pulls",
            () =>
                Scene
                    .Of("job-image-pull-error")
                    .Pod(pod =>
                        pod.With(
                            "status.containerStatuses.0.state",
                            Waiting(
                                "ErrImagePull",
                                "429 Too Many Requests: toomanyrequests: You have reached your pull rate limit; unauthorized"
                            )
                        )
                    ),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ErrImagePull): too many pulls",
                "Wait a while, or pull with your own imagePullSecret or from a mirror."
            )
        ),
        new(
            "an image that is never to be pulled",
            () =>
                Scene
                    .Of("job-image-pull-error")
                    .Pod(pod =>
                        pod.With(
                            "status.containerStatuses.0.state",
                            Waiting("ErrImageNeverPull", "Container image \"x\" is not present with pull policy of Never")
                        )
                    ),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ErrImageNeverPull)",
                "Load the image onto node node1, or change imagePullPolicy (it is Never)."
            )
        ),
        new(
            "an image that cannot be unpacked",
            () =>
                Scene
                    .Of("job-image-pull-error")
                    .Pod(pod =>
                        pod.With(
                            "status.containerStatuses.0.state",
                            Waiting("ErrImagePull", "failed to extract layer: no space left on device")
                        )
                    ),
            new Hint(
                nameof(PodHints.ImagePull),
                "migrate-89xbj cannot pull image localhost:5000/shop/migrations:1.4.2 (ErrImagePull): failed to extract layer: no space "
                    + "left on device",
                "Correct what the message names; the kubelet then retries."
            )
        ),
        new(
            "a ConfigMap is missing",
            () => Scene.Of("job-missing-configmap"),
            new Hint(
                nameof(PodHints.ConfigMissing),
                """migrate-jj6f2: configmap "migrate-settings" not found""",
                "Create ConfigMap migrate-settings in namespace rec-job-missing-configmap (before the pod), or correct its name in the pod."
            )
        ),
        new(
            "a Secret is missing",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod => pod.With("status.containerStatuses.0.state.waiting.message", "secret \"db-password\" not found")),
            new Hint(
                nameof(PodHints.ConfigMissing),
                """migrate-jj6f2: secret "db-password" not found""",
                "Create Secret db-password in namespace rec-job-missing-configmap (before the pod), or correct its name in the pod."
            )
        ),
        new(
            "a key of a Secret is missing",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod =>
                        pod.With("status.containerStatuses.0.state.waiting.message", "couldn't find key password in Secret rec/db-password")
                    ),
            new Hint(
                nameof(PodHints.ConfigMissing),
                "migrate-jj6f2: couldn't find key password in Secret rec/db-password",
                "Correct the ConfigMap or Secret, or the reference in the pod."
            )
        ),
        new(
            "the ConfigMap of a volume is missing",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod => pod.With("status.containerStatuses.0.state", Waiting("ContainerCreating")))
                    .Event("FailedMount", "MountVolume.SetUp failed for volume \"settings\" : configmap \"shop-settings\" not found"),
            new Hint(
                nameof(PodHints.ConfigMissing),
                """migrate-jj6f2: MountVolume.SetUp failed for volume "settings" : configmap "shop-settings" not found""",
                "Create ConfigMap shop-settings in namespace rec-job-missing-configmap (before the pod), or correct its name in the pod."
            )
        ),
        new(
            "a volume cannot be mounted",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod => pod.With("status.containerStatuses.0.state", Waiting("ContainerCreating")))
                    .Event("FailedMount", "MountVolume.SetUp failed for volume \"data\" : mount failed: exit status 32"),
            new Hint(
                nameof(PodHints.VolumeNotMounted),
                """migrate-jj6f2: MountVolume.SetUp failed for volume "data" : mount failed: exit status 32""",
                "Correct the volume, or what it refers to."
            )
        ),
        new(
            "a volume with secret in its name cannot be mounted",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod => pod.With("status.containerStatuses.0.state", Waiting("ContainerCreating")))
                    .Event("FailedMount", "MountVolume.SetUp failed for volume \"secret-data\" : mount failed: exit status 32"),
            new Hint(
                nameof(PodHints.VolumeNotMounted),
                """migrate-jj6f2: MountVolume.SetUp failed for volume "secret-data" : mount failed: exit status 32""",
                "Correct the volume, or what it refers to."
            )
        ),
        new(
            "a volume cannot be attached",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod => pod.With("status.containerStatuses.0.state", Waiting("ContainerCreating")))
                    .Event("FailedAttachVolume", "Multi-Attach error for volume \"pvc-1\""),
            new Hint(
                nameof(PodHints.VolumeNotMounted),
                "migrate-jj6f2: Multi-Attach error for volume \"pvc-1\"",
                "Correct the volume, or what it refers to."
            )
        ),
        new(
            "a volume that could not be mounted at first, and is mounted now",
            () =>
                Scene.Of("deployment-service-rollout", "pod:app=web").Event("FailedMount", "mount failed: exit status 32") with
                {
                    Pods = [Recording.End("deployment-service-rollout", "pods", 0)],
                },
            new Hint(
                nameof(PodHints.ProbeFails),
                "web-6696cbdd98-pcx7d: Readiness probe failed: cat: can't open '/tmp/ready': No such file or directory",
                "Find out why the probe fails: kubectl logs web-6696cbdd98-pcx7d -n rec-deployment-service-rollout"
            )
        ),
        new(
            "a command that does not exist",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod =>
                        pod.With(
                            "status.containerStatuses.0.state",
                            Waiting("RunContainerError", "exec: \"migrat\": executable file not found in $PATH")
                        )
                    ),
            new Hint(
                nameof(PodHints.ContainerCannotStart),
                """migrate-jj6f2: container migrate: RunContainerError: exec: "migrat": executable file not found in $PATH""",
                "Correct command, user, mounts or security context of container migrate."
            )
        ),
        new(
            "a user who is root, which may not be",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod =>
                        pod.With(
                            "status.containerStatuses.0.state.waiting.message",
                            "container has runAsNonRoot and image will run as root (pod: \"secret-x\", container: migrate)"
                        )
                    ),
            new Hint(
                nameof(PodHints.ContainerCannotStart),
                """migrate-jj6f2: container migrate: CreateContainerConfigError: container has runAsNonRoot """
                    + """and image will run as root (pod: "secret-x", container: migrate)""",
                "Give container migrate a user other than root (runAsUser), or an image that has one."
            )
        ),
        new(
            "a path within a volume that cannot be prepared",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod =>
                        pod.With(
                            "status.containerStatuses.0.state.waiting.message",
                            "failed to prepare subPath for volumeMount \"data\" of container \"migrate\""
                        )
                    ),
            new Hint(
                nameof(PodHints.ContainerCannotStart),
                "migrate-jj6f2: container migrate: CreateContainerConfigError: failed to prepare subPath for volumeMount \"data\" of "
                    + "container \"migrate\"",
                "Correct command, user, mounts or security context of container migrate."
            )
        ),
        new(
            "the pod gets no network",
            () =>
                Scene
                    .Of("job-missing-configmap")
                    .Pod(pod => pod.With("status.containerStatuses.0.state", Waiting("ContainerCreating")))
                    .Event(
                        "FailedCreatePodSandBox",
                        "Failed to create pod sandbox: plugin type=\"bridge\" failed: no IP addresses available"
                    ),
            new Hint(
                nameof(PodHints.NoSandbox),
                """migrate-jj6f2: Failed to create pod sandbox: plugin type="bridge" failed: no IP addresses available""",
                "Look at the network plugin (CNI) and the runtime on node node1."
            )
        ),
        new(
            "scheduling gates",
            () =>
                Scene
                    .Of("job-unschedulable")
                    .Pod(pod =>
                        pod.Condition("PodScheduled", "False", "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates")
                    ),
            new Hint(
                nameof(PodHints.Unschedulable),
                "migrate-vzvj4: not scheduled: Scheduling is blocked due to non-empty scheduling gates",
                "Wait until the controller that set the pod's scheduling gates (such as a queue) removes them."
            )
        ),
        new(
            "a node is lost, its pod is being deleted",
            () => Running().Pod(pod => pod.Condition("Ready", "Unknown", "NodeStatusUnknown").Deleting()),
            new Hint(
                nameof(PodHints.NodeLost),
                "node node1 of migrate-9pzfk does not report",
                "Bring node node1 back, or delete it so that its pods are replaced: kubectl get node node1"
            )
        ),
        new(
            "a node was lost, and is back",
            () =>
                Running()
                    .Pod(pod => pod.Condition("Ready", "False"))
                    .Event("NodeNotReady", "Node is not ready")
                    .Event("Pulled", "Container image already present", at: "03:29:10"),
            new Hint(
                nameof(JobHints.StillRunning),
                "migrate-9pzfk is still running",
                "Let it run (an init container is restarted and continues to wait), or raise --timeout; to watch it: "
                    + "kubectl logs -f migrate-9pzfk -n rec-job-running-at-start -c migrate"
            )
        ),
        new(
            "no node takes the pod",
            () => Scene.Of("job-unschedulable"),
            new Hint(
                nameof(PodHints.Unschedulable),
                "migrate-vzvj4: not scheduled: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new "
                    + "claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
                "Add or free capacity, or change the pod's requests, nodeSelector, affinity or tolerations so that a node takes it."
            )
        ),
        new(
            "a node is lost",
            () =>
                Scene.Of("job-running-at-start") with
                {
                    Jobs = Recording.FirstItems("job-running-at-start", "jobs"),
                    Pods = [Recording.FirstItems("job-running-at-start", "pods")[0].Condition("Ready", "Unknown", "NodeStatusUnknown")],
                },
            new Hint(
                nameof(PodHints.NodeLost),
                "node node1 of migrate-9pzfk does not report",
                "Bring node node1 back, or delete it so that its pods are replaced: kubectl get node node1"
            )
        ),
        new(
            "a node is lost, by its event",
            () =>
                (Running() with { Pods = [Recording.FirstItems("job-running-at-start", "pods")[0].Condition("Ready", "False")] }).Event(
                    "NodeNotReady",
                    "Node is not ready"
                ),
            new Hint(
                nameof(PodHints.NodeLost),
                "node node1 of migrate-9pzfk does not report",
                "Bring node node1 back, or delete it so that its pods are replaced: kubectl get node node1"
            )
        ),
    ];

    public static TheoryData<string> Scenes => HintRow.NamesOf(Table);

    [Theory]
    [MemberData(nameof(Scenes))]
    public void Says_what_stands_in_the_way_and_what_to_do(string scene) => HintRow.Check(Table, scene);
}
